// The single-sample process of eq. 7 for the n draws of one scrambling: trajectories, tangents and their averages.
#pragma once

#include <Eigen/Core>
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

  Ensemble(const Problem& problem, const Options& options, std::size_t samples, std::uint32_t scrambling);
  ~Ensemble();
  Ensemble(const Ensemble&) = delete;
  Ensemble& operator=(const Ensemble&) = delete;

  /// Advances every sample to step t = 0, 1, ... in order, given the order parameters up to t, and fills `averages`
  /// unless t is the last step. The samples are shared among `threads`; no result depends on their number.
  SampleSums advance(int t, const OrderParameters& order, Averages& averages, int threads);

  /// Bytes one scrambling takes at most, for the memory plan.
  [[nodiscard]] static double peak_bytes(const Problem& problem, std::size_t samples);

 private:
  struct Chunk;
  struct Forces;
  struct Sums;

  void draw_step(int t);
  void advance_all(int t, const OrderParameters& order, std::vector<Sums>& sums, int threads);
  void advance_all_by_parts(int t, const OrderParameters& order, std::vector<Sums>& sums, int threads);
  void act(Chunk& chunk, int t, const OrderParameters& order, Forces& forces, Sums& sums) const;
  void remember(Chunk& chunk, int t, const Forces& forces, Sums& sums) const;
  void gaussian_fields(const Chunk& chunk, int t, const OrderParameters& order, std::span<double> r) const;
  void evaluate(const Chunk& chunk, int t, std::span<const double> r, Forces& forces, Sums& sums) const;
  void choose_batch(Chunk& chunk, int t, Forces& forces) const;
  void add_memory(Chunk& chunk, int t, const OrderParameters& order, std::span<double> r) const;
  [[nodiscard]] FieldRegression force_of_field(int t, const OrderParameters& order) const;
  void correlate_with_noise(const Chunk& chunk, int t, const FieldRegression& regression, double m,
                            const Forces& forces, Sums& sums) const;
  void add_sample(Chunk& chunk, std::size_t i, int t, const Forces& forces, Sums& sums) const;
  [[nodiscard]] Averages averages_from(const Sums& total, int t, const OrderParameters& order);

  double alpha_, noise_, dt_;
  int steps_;
  bool average_batch_;
  std::shared_ptr<const DataModel> data_;
  std::shared_ptr<const Loss> loss_;
  std::shared_ptr<const SamplingScheme> sampling_;
  bool overlap_stays_zero_;  // by symmetry (dmft.E11)
  bool by_parts_;            // l' jumps: K from integration by parts, no tangents
  std::size_t samples_;
  DrawSource draws_;
  std::size_t next_dimension_ = 0;
  std::vector<double> step_uniforms_, step_normals_;      // of the current step, all samples
  std::vector<double> gram_scale_;                        // per step, see averages_from
  double projection_mean_ = 0, projection_variance_ = 0;  // of c over the samples
  std::vector<Chunk> chunks_;
  std::vector<Forces> forces_;  // of each chunk, by parts only
};

}  // namespace sgdyn::dmft
