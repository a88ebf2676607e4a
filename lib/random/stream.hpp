// Counter-based random streams: number j of stream (seed, purpose, id) is a pure function of these, so no result
// depends on the number of threads or on the order of evaluation. Generator: Philox4x32-10 (Salmon et al., SC'11).
#pragma once

#include <cstdint>
#include <span>

namespace sgdyn {

/// What a stream is for; streams of different purpose are independent.
enum class Purpose : std::uint32_t {
  data = 1,
  initial_weights,
  sampling,
  scrambling,
  plain_draws,
  comparison,
  testing,
  sample_count,
  replica_sampling,  ///< minibatches of the second replica
  perturbation       ///< directions of kicks and fields in simulations
};

class Stream {
 public:
  Stream(std::uint64_t seed, Purpose purpose, std::uint32_t id) : seed_(seed), purpose_(purpose), id_(id) {}

  /// Raw 32-bit words.
  void words(std::span<std::uint32_t> out);
  /// Uniform on (0, 1), 52 random bits, both ends excluded.
  void uniforms(std::span<double> out);
  /// Standard normal by Box and Muller, two independent values from 64 bits; |value| < 6.8.
  void normals(std::span<double> out);
  void normals(std::span<float> out);

  /// Jumps to batch number `batch`; one batch serves up to batch_words words, a call uses as many as it needs.
  void seek(std::uint64_t batch) { block_ = batch * (batch_words / 4); }

  static constexpr std::uint64_t batch_words = 256;

 private:
  std::uint64_t seed_;
  Purpose purpose_;
  std::uint32_t id_;
  std::uint64_t block_ = 0;  // every call starts at a fresh batch
};

/// One Philox4x32-10 block, exposed for comparison with other implementations.
void philox_block(const std::uint32_t counter[4], const std::uint32_t key[2], std::uint32_t out[4]);

}  // namespace sgdyn
