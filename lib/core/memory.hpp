// How much memory a computation may take.
#pragma once

#include <string>

namespace sgdyn {

/// Bytes a new allocation can use now without swapping: what the kernel calls available, or the control group's limit
/// if that is lower. Infinite where the system does not tell.
[[nodiscard]] double available_memory_bytes();

/// "1.3 GB"
[[nodiscard]] std::string format_bytes(double bytes);

}  // namespace sgdyn
