// Storage of the simulator's matrices: rows start on cache lines and end in zeros, so that the kernels need no tails.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace sgdyn::sim {

/// Rows are padded to a multiple of this many numbers.
inline constexpr std::size_t row_padding = 16;

[[nodiscard]] constexpr std::size_t padded(std::size_t count) {
  return (count + row_padding - 1) / row_padding * row_padding;
}

/// Uninitialised numbers aligned to 64 bytes.
template <class Number>
class AlignedArray {
  static_assert(std::is_trivial_v<Number>);

 public:
  explicit AlignedArray(std::size_t count)
      : data_(static_cast<Number*>(::operator new(count * sizeof(Number), cache_line))), size_(count) {}

  [[nodiscard]] Number* data() { return data_.get(); }
  [[nodiscard]] const Number* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static constexpr std::align_val_t cache_line{64};

  struct Release {
    void operator()(Number* pointer) const { ::operator delete(pointer, cache_line); }
  };

  std::unique_ptr<Number[], Release> data_;
  std::size_t size_;
};

}  // namespace sgdyn::sim
