// Permissions mean nothing to root: tests of refusals run as nobody instead.
#pragma once

#include <unistd.h>

#include <exception>
#include <filesystem>
#include <stdexcept>

namespace sgdyn::testing_support {

/// While it lives, a process of root acts as the unprivileged user 65534, who is given `folder`. Other users stay as
/// they are.
class Unprivileged {
 public:
  explicit Unprivileged(const std::filesystem::path& folder) : was_root_(::geteuid() == 0) {
    constexpr uid_t nobody = 65534;
    if (was_root_ && (::chown(folder.c_str(), nobody, static_cast<gid_t>(-1)) != 0 || ::seteuid(nobody) != 0)) {
      throw std::runtime_error("cannot become an unprivileged user");
    }
  }
  ~Unprivileged() {
    if (was_root_ && ::seteuid(0) != 0) std::terminate();
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  bool was_root_;
};

}  // namespace sgdyn::testing_support
