#include "sgdyn/symbolic/roots.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sgdyn/core/error.hpp"

namespace sgdyn::symbolic {
namespace {

int sign_of(double x) { return x > 0.0 ? 1 : x < 0.0 ? -1 : 0; }

class RootSearch {
 public:
  RootSearch(const Program& functions, std::size_t count, const std::vector<double>& grid, const std::string& key)
      : functions_(functions), count_(count), grid_(grid), key_(key), values_(count, std::vector<double>(grid.size())) {
    std::vector<double*> outputs;
    outputs.reserve(count);
    for (std::vector<double>& column : values_) outputs.push_back(column.data());
    const double* input = grid.data();
    if (count > 0) functions.evaluate({&input, 1}, outputs, grid.size());
  }

  std::vector<double> run() {
    for (std::size_t j = 0; j < count_; ++j) search(j);
    std::sort(roots_.begin(), roots_.end());
    std::vector<double> distinct;
    distinct.reserve(roots_.size());
    for (const double root : roots_) {
      constexpr double same = 1e-12;
      if (distinct.empty() || root - distinct.back() > same * std::max(1.0, std::fabs(root))) distinct.push_back(root);
    }
    if (distinct.size() > max_roots) throw too_many();
    return distinct;
  }

 private:
  [[nodiscard]] double at(std::size_t j, double x) const {
    std::vector<double> result(count_);
    std::vector<double*> outputs;
    outputs.reserve(count_);
    for (double& value : result) outputs.push_back(&value);
    const double* input = &x;
    functions_.evaluate({&input, 1}, outputs, 1);
    return result[j];
  }

  [[nodiscard]] InputError too_many() const {
    return {key_, "the formula has too many kinks or poles; allowed are " + std::to_string(max_roots)};
  }

  void add(double root) {
    constexpr std::size_t several = 20;  // functions may have a root in common, and a grid point counts twice
    if (roots_.size() >= several * max_roots) throw too_many();
    roots_.push_back(root);
  }

  void search(std::size_t j) {
    const std::vector<double>& g = values_[j];
    for (std::size_t i = 0; i + 1 < g.size(); ++i) {
      if (sign_of(g[i]) != sign_of(g[i + 1])) add(bisect(j, grid_[i], grid_[i + 1]));
      const bool minimum = i > 0 && std::fabs(g[i]) < std::fabs(g[i - 1]) && std::fabs(g[i]) <= std::fabs(g[i + 1]);
      const bool one_sign = minimum && sign_of(g[i - 1]) == sign_of(g[i]) && sign_of(g[i]) == sign_of(g[i + 1]);
      if (one_sign) touch(j, i);
    }
  }

  double bisect(std::size_t j, double low, double high) const {
    const int sign = sign_of(at(j, low));
    for (int k = 0; k < 200; ++k) {
      const double middle = std::midpoint(low, high);
      if (middle <= low || middle >= high) break;
      (sign_of(at(j, middle)) == sign ? low : high) = middle;
    }
    return std::fabs(at(j, low)) < std::fabs(at(j, high)) ? low : high;
  }

  /// A minimum of |g| around grid point i, which counts if it is zero up to rounding.
  void touch(std::size_t j, std::size_t i) {
    double low = grid_[i - 1];
    double high = grid_[i + 1];
    const double size = std::max(std::fabs(at(j, low)), std::fabs(at(j, high)));
    for (int k = 0; k < 80; ++k) {
      const double a = low + (high - low) / 3.0;
      const double b = high - (high - low) / 3.0;
      if (std::fabs(at(j, a)) < std::fabs(at(j, b))) {
        high = b;
      } else {
        low = a;
      }
    }
    const double middle = std::midpoint(low, high);
    if (std::fabs(at(j, middle)) <= 1e-13 * size) add(middle);
  }

  const Program& functions_;
  std::size_t count_;
  const std::vector<double>& grid_;
  const std::string& key_;
  std::vector<std::vector<double>> values_;
  std::vector<double> roots_;
};

}  // namespace

std::vector<double> roots_of(const Program& functions, std::size_t count, const std::vector<double>& grid,
                             const std::string& key) {
  return RootSearch(functions, count, grid, key).run();
}

}  // namespace sgdyn::symbolic
