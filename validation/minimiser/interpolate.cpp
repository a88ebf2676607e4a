#include "sgdyn/validation/minimiser/interpolate.hpp"

#include <Eigen/Cholesky>
#include <limits>
#include <utility>

namespace sgdyn::minimiser {
namespace {

// As sum a y = 0, A A^T + y y^T, which the rows with a one for the intercept make, has the same solutions; it is
// regular even with one sample more than weights.
class NormalEquations {
 public:
  explicit NormalEquations(const Margins& margins)
      : margins_(margins), factor_(margins.gram_of_samples()), labels_(margins.labels()) {
    of_labels_ = factor_.solve(labels_);
  }

  [[nodiscard]] bool regular() const { return factor_.info() == Eigen::Success; }

  // The shortest change of the weights, with one of the intercept, that moves the margins by `by`.
  [[nodiscard]] Unknowns change(const Eigen::VectorXd& by) const {
    Eigen::VectorXd a = factor_.solve(by);
    double intercept = 0.0;
    if (margins_.has_intercept()) {
      intercept = labels_.dot(a) / labels_.dot(of_labels_);
      a -= intercept * of_labels_;
    }
    Unknowns x = margins_.zero();
    margins_.add_transposed({a.data(), static_cast<std::size_t>(a.size())}, x);
    if (margins_.has_intercept()) x[margins_.intercept_entry()] = intercept;
    return x;
  }

 private:
  const Margins& margins_;
  Eigen::LLT<Eigen::MatrixXd> factor_;
  Eigen::VectorXd labels_;
  Eigen::VectorXd of_labels_;
};

}  // namespace

Interpolation interpolate(const Margins& margins, double place) {
  constexpr int refinements = 4;
  Interpolation result{margins.zero(), std::numeric_limits<double>::infinity()};
  const NormalEquations equations(margins);
  if (!equations.regular()) return result;
  Eigen::VectorXd h(margins.samples());
  for (int k = 0; k < refinements; ++k) {
    margins.apply(result.x.data(), {h.data(), static_cast<std::size_t>(h.size())});
    const Unknowns change = equations.change((place - h.array()).matrix());
    result.x += change;
    result.distance = margins.length(change) / margins.length(result.x);
  }
  return result;
}

}  // namespace sgdyn::minimiser
