// The single-sample process of eq. 7 for the n draws of one scrambling: trajectories, tangents and their averages.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/model/sampling_scheme.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/theory/dmft/draws.hpp"
#include "sgdyn/theory/dmft/order_parameters.hpp"

namespace sgdyn::dmft {

class FieldRegression;

class Ensemble {
 public:
  /// Samples are handled in chunks of fixed size, whatever the number of threads, and summed in chunk order.
  static constexpr std::size_t chunk_size = 256;
  using Block = std::array<double, chunk_size>;

  Ensemble(const Problem& problem, const Options& options, std::size_t samples, std::uint32_t scrambling);
  ~Ensemble();
  Ensemble(const Ensemble&) = delete;
  Ensemble& operator=(const Ensemble&) = delete;

  /// Advances every sample to step t = 0, 1, ... in order, given the order parameters up to t, and fills `averages`
  /// unless t is the last step. The samples are shared among `threads`; no result depends on their number. Returns the
  /// sums over all samples in all copies.
  SampleSums advance(int t, const OrderParameters& order, Averages& averages, int threads);

  /// Bytes one scrambling takes at most, for the memory plan.
  [[nodiscard]] static double peak_bytes(const Problem& problem, std::size_t samples);

 private:
  struct Copy;
  struct Chunk;
  struct Forces;
  struct Sums;
  /// What the fields of the current step are made of: where the gradient is taken, and at the weights where that is
  /// elsewhere.
  struct Step {
    int t = 0;
    int response_start = 0;
    FieldState gradient;
    FieldState weights;
    bool looks_ahead = false;
  };
  using ChunkForces = std::vector<Forces>;  // of each copy

  void draw_step(int t);
  void advance_all(const Step& step, std::vector<Sums>& sums, int threads);
  void advance_all_by_parts(const Step& step, double variance, std::vector<Sums>& sums, int threads);
  void act(Chunk& chunk, const Step& step, ChunkForces& forces, Sums& sums) const;
  void act_on(Chunk& chunk, std::size_t copy, const Step& step, std::span<double> r, Forces& forces, Sums& sums) const;
  void remember(Chunk& chunk, int t, const ChunkForces& forces, Sums& sums) const;
  [[nodiscard]] std::vector<Block> gaussian_fields(const Chunk& chunk, const FieldState& state) const;
  void observe(const Chunk& chunk, std::span<const double> r, Sums& sums) const;
  void evaluate(const Chunk& chunk, std::span<const double> r, Forces& forces) const;
  void choose_batch(Chunk& chunk, std::size_t copy, int t, Forces& forces) const;
  static void add_memory(const Chunk& chunk, const Copy& copy, const FieldState& state, std::span<double> r);
  static void add_memory_and_weights(Chunk& chunk, Copy& copy, const Step& step, std::span<double> r);
  [[nodiscard]] FieldRegression force_of_field(double m, double variance) const;
  void correlate_with_noise(const Chunk& chunk, int t, const FieldRegression& regression, double m,
                            const ChunkForces& forces, Sums& sums) const;
  void add_to_kernels(Chunk& chunk, std::size_t i, int t, const ChunkForces& forces, Sums& sums) const;
  void add_sample(Copy& copy, double c, std::size_t i, int t, const Forces& forces, Sums& sums) const;
  void remember_step(Copy& copy, std::size_t i, int t, const Forces& forces) const;
  [[nodiscard]] Averages averages_from(const Sums& total, int t, const OrderParameters& order);

  double alpha_, noise_;
  int steps_;
  std::size_t copies_;
  std::array<std::array<double, 4>, 4> mode_weights_{};  // mode_weight() of each copy and mode
  bool average_batch_;
  std::shared_ptr<const DataModel> data_;
  std::shared_ptr<const Loss> loss_;
  std::shared_ptr<const SamplingScheme> sampling_;
  bool overlap_stays_zero_;   // by symmetry (dmft.E11)
  bool by_parts_;             // l' jumps: K from integration by parts, no tangents
  bool difference_as_drawn_;  // the sampled M of the difference is left alone
  std::size_t samples_;
  DrawSource draws_;
  std::size_t next_dimension_ = 0;
  // Of the current step, all samples: for each copy, and for each mode.
  std::vector<std::vector<double>> step_uniforms_, step_normals_;
  std::vector<std::vector<double>> gram_scale_;           // of each mode, per step: see averages_from
  double projection_mean_ = 0, projection_variance_ = 0;  // of c over the samples
  std::vector<Chunk> chunks_;
  std::vector<ChunkForces> forces_;  // of each chunk, by parts only
};

}  // namespace sgdyn::dmft
