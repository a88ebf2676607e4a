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
  RootSearch(const std::vector<Switch>& functions, const std::vector<double>& grid, const std::string& key)
      : functions_(functions), grid_(grid), key_(key) {}

  std::vector<Root> run() {
    for (const Switch& function : functions_) search(function);
    std::sort(roots_.begin(), roots_.end(), [](const Root& a, const Root& b) { return a.x < b.x; });
    std::vector<Root> distinct;
    distinct.reserve(roots_.size());
    for (const Root& root : roots_) {
      if (distinct.empty() || !same(distinct.back(), root)) {
        distinct.push_back(root);
      } else {
        merge(distinct.back(), root);
      }
    }
    if (distinct.size() > max_roots) throw too_many();
    return distinct;
  }

 private:
  static double at(const Program& function, double x) {
    double result = 0.0;
    double* output = &result;
    const double* input = &x;
    function.evaluate({&input, 1}, {&output, 1}, 1);
    return result;
  }

  [[nodiscard]] InputError too_many() const {
    return {key_, "the formula has too many kinks or poles; allowed are " + std::to_string(max_roots)};
  }

  static bool same(const Root& a, const Root& b) {
    return b.x - a.x <= std::max({1e-12 * std::max(1.0, std::fabs(b.x)), a.blur, b.blur});
  }

  /// The sharper of two roots says where they are.
  static void merge(Root& a, const Root& b) {
    if (b.blur < a.blur) a.x = b.x;
    a.blur = std::max(a.blur, b.blur);
  }

  static double blur(const Switch& function, double root) {
    return std::max(blur_towards(function, root, -1.0), blur_towards(function, root, 1.0));
  }

  static double blur_towards(const Switch& function, double root, double direction) {
    constexpr double rounding = 0x1p-46;
    const double scale = std::max(1.0, std::fabs(root));
    double result = 0.0;
    for (double distance = 0x1p-40; distance <= 0x1p-10; distance *= 4.0) {
      const double x = root + direction * distance * scale;
      if (std::fabs(at(function.value, x)) > rounding * at(function.size, x)) return result;
      result = distance * scale;
    }
    return 0.0;  // it is zero from there on
  }

  void add(const Switch& function, double root) {
    constexpr std::size_t several = 20;  // functions may have a root in common, and a grid point counts twice
    if (roots_.size() >= several * max_roots) throw too_many();
    roots_.push_back({root, blur(function, root)});
  }

  [[nodiscard]] std::vector<double> on_grid(const Program& function) const {
    std::vector<double> result(grid_.size());
    double* output = result.data();
    const double* input = grid_.data();
    function.evaluate({&input, 1}, {&output, 1}, result.size());
    return result;
  }

  void search(const Switch& of) {
    const Program& function = of.value;
    const std::vector<double> g = on_grid(function);
    const std::vector<double> slope = on_grid(of.slope);
    for (std::size_t i = 0; i + 1 < g.size(); ++i) {
      if (sign_of(g[i]) != sign_of(g[i + 1])) add(of, bisect(function, grid_[i], grid_[i + 1]));
      if (sign_of(g[i]) * sign_of(slope[i]) < 0 && sign_of(g[i + 1]) * sign_of(slope[i + 1]) > 0) turn(of, i);
      if (i == 0 || sign_of(g[i - 1]) != sign_of(g[i]) || sign_of(g[i]) != sign_of(g[i + 1])) continue;
      // Between grid points, (x - r)^2 falls by a factor of 9 at least, |x - r| by 3.
      const double smaller = std::min(std::fabs(g[i - 1]), std::fabs(g[i + 1]));
      const double larger = std::max(std::fabs(g[i - 1]), std::fabs(g[i + 1]));
      if (std::fabs(g[i]) <= smaller && std::fabs(g[i]) < 0.5 * larger) touch(of, i, larger);
    }
  }

  static double bisect(const Program& function, double low, double high) {
    const int sign = sign_of(at(function, low));
    for (int k = 0; k < 200; ++k) {
      const double middle = std::midpoint(low, high);
      if (middle <= low || middle >= high) break;
      (sign_of(at(function, middle)) == sign ? low : high) = middle;
    }
    return std::fabs(at(function, low)) < std::fabs(at(function, high)) ? low : high;
  }

  /// |g| falls at grid point i and rises at the next: in between it may have been zero.
  void turn(const Switch& function, std::size_t i) {
    const double low = grid_[i];
    const double high = grid_[i + 1];
    const int sign = sign_of(at(function.value, low));
    if (sign != sign_of(at(function.value, high))) return;
    const double middle = bisect(function.slope, low, high);
    if (sign_of(at(function.value, middle)) == sign) return;
    add(function, bisect(function.value, low, middle));
    add(function, bisect(function.value, middle, high));
  }

  /// A minimum of |g| around grid point i, which counts if it is zero up to rounding; `size` is |g| around it.
  void touch(const Switch& function, std::size_t i, double size) {
    double low = grid_[i - 1];
    double high = grid_[i + 1];
    for (int k = 0; k < 80; ++k) {
      const double a = low + (high - low) / 3.0;
      const double b = high - (high - low) / 3.0;
      if (std::fabs(at(function.value, a)) < std::fabs(at(function.value, b))) {
        high = b;
      } else {
        low = a;
      }
    }
    const double middle = std::midpoint(low, high);
    if (std::fabs(at(function.value, middle)) <= 1e-13 * size) add(function, middle);
  }

  const std::vector<Switch>& functions_;
  const std::vector<double>& grid_;
  const std::string& key_;
  std::vector<Root> roots_;
};

}  // namespace

std::vector<Root> roots_of(const std::vector<Switch>& functions, const std::vector<double>& grid,
                           const std::string& key) {
  return RootSearch(functions, grid, key).run();
}

}  // namespace sgdyn::symbolic
