// Whether this build is watched by the thread sanitizer, which cannot do everything.
#pragma once

namespace sgdyn::testing_support {

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool thread_sanitizer = true;
#else
inline constexpr bool thread_sanitizer = false;
#endif
#else
inline constexpr bool thread_sanitizer = false;
#endif

}  // namespace sgdyn::testing_support
