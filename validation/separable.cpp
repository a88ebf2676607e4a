#include "sgdyn/validation/separable.hpp"

#include <glpk.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/first_exception.hpp"
#include "sgdyn/core/memory.hpp"
#include "sgdyn/core/progress_meter.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/sim/limits.hpp"
#include "sgdyn/validation/minimiser/margins.hpp"
#include "sgdyn/validation/minimiser/plan.hpp"

namespace sgdyn {
namespace {

struct Delete {
  void operator()(glp_prob* programme) const { glp_delete_prob(programme); }
};
using Programme = std::unique_ptr<glp_prob, Delete>;

// GLPK keeps its memory in one environment a thread if it was built to; otherwise threads must take turns.
std::unique_lock<std::mutex> turn() {
  static std::mutex mutex;
  static const bool reentrant = glp_config("TLS") != nullptr;
  return reentrant ? std::unique_lock<std::mutex>() : std::unique_lock<std::mutex>(mutex);
}

// Rows 1 ... n: sum_mu a_mu y_mu x_mu,i + up_i - down_i = 0 (i = n: of the intercept). Row n + 1: sum a = 1. Columns:
// a, then up and down, whose sum is minimised.
class Farkas {
 public:
  Farkas(const sim::DataSet& data, Intercept intercept)
      : data_(data),
        has_intercept_(intercept == Intercept::optimal),
        dimension_(static_cast<int>(data.dimension())),
        rows_(dimension_ + (has_intercept_ ? 1 : 0)),
        samples_(static_cast<int>(data.samples())),
        programme_(glp_create_prob()) {
    glp_set_obj_dir(programme_.get(), GLP_MIN);
    glp_add_rows(programme_.get(), rows_ + 1);
    for (int i = 1; i <= rows_; ++i) glp_set_row_bnds(programme_.get(), i, GLP_FX, 0.0, 0.0);
    glp_set_row_bnds(programme_.get(), rows_ + 1, GLP_FX, 1.0, 1.0);
    glp_add_cols(programme_.get(), samples_ + 2 * rows_);
    for (int column = 1; column <= samples_ + 2 * rows_; ++column) {
      glp_set_col_bnds(programme_.get(), column, GLP_LO, 0.0, 0.0);
    }
    add_samples();
    add_residuals();
  }

  // In slices, each from the basis of the last. False if stopped; whatever else ends it is seen from the result.
  bool solve(const std::function<bool()>& stopped) {
    constexpr int slice = 100;  // iterations, of a few milliseconds at N = 1000
    glp_smcp parameters;
    glp_init_smcp(&parameters);
    parameters.msg_lev = GLP_MSG_OFF;
    parameters.it_lim = slice;
    start_at_first_sample();
    do {
      if (stopped()) return false;
    } while (glp_simplex(programme_.get(), &parameters) == GLP_EITLIM);
    return true;
  }

  // Weights, then the intercept.
  [[nodiscard]] Eigen::VectorXd weights() const {
    Eigen::VectorXd w(rows_);
    for (int i = 0; i < rows_; ++i) w[i] = -glp_get_row_dual(programme_.get(), i + 1);
    return w;
  }

  [[nodiscard]] std::vector<double> multipliers() const {
    std::vector<double> a(static_cast<std::size_t>(samples_));
    for (int mu = 0; mu < samples_; ++mu) {
      a[static_cast<std::size_t>(mu)] = glp_get_col_prim(programme_.get(), mu + 1);
    }
    return a;
  }

 private:
  void add_samples() {
    std::vector<int> indices(static_cast<std::size_t>(rows_) + 2);
    std::vector<double> values(indices.size());
    for (int i = 1; i <= rows_ + 1; ++i) indices[static_cast<std::size_t>(i)] = i;
    for (int mu = 0; mu < samples_; ++mu) {
      const auto sample = static_cast<std::size_t>(mu);
      const double y = data_.labels()[sample];
      for (int i = 0; i < dimension_; ++i) values[static_cast<std::size_t>(i) + 1] = y * data_.rows()[sample][i];
      if (has_intercept_) values[static_cast<std::size_t>(rows_)] = y;
      values.back() = 1.0;
      glp_set_mat_col(programme_.get(), mu + 1, rows_ + 1, indices.data(), values.data());
    }
  }

  void add_residuals() {
    for (int i = 1; i <= rows_; ++i) {
      for (const auto& [column, sign] : {std::pair{samples_ + i, 1.0}, {samples_ + rows_ + i, -1.0}}) {
        const int indices[2] = {0, i};
        const double values[2] = {0.0, sign};
        glp_set_mat_col(programme_.get(), column, 1, indices, values);
        glp_set_obj_coef(programme_.get(), column, 1.0);
      }
    }
  }

  // A feasible basis: a_1 = 1, and what that leaves of every row.
  void start_at_first_sample() {
    for (int i = 1; i <= rows_ + 1; ++i) glp_set_row_stat(programme_.get(), i, GLP_NS);
    for (int column = 1; column <= samples_ + 2 * rows_; ++column) {
      glp_set_col_stat(programme_.get(), column, GLP_NL);
    }
    glp_set_col_stat(programme_.get(), 1, GLP_BS);
    const double y = data_.labels().front();
    for (int i = 1; i <= rows_; ++i) {
      const double left = i <= dimension_ ? y * data_.rows().front()[i - 1] : y;
      glp_set_col_stat(programme_.get(), left > 0.0 ? samples_ + rows_ + i : samples_ + i, GLP_BS);
    }
  }

  const sim::DataSet& data_;
  bool has_intercept_;
  int dimension_;
  int rows_;
  int samples_;
  Programme programme_;
};

bool separates(const Eigen::VectorXd& w, const minimiser::Margins& margins) {
  minimiser::Unknowns x = margins.zero();
  x.head(margins.dimension()) = w.head(margins.dimension());
  if (margins.has_intercept()) x[margins.intercept_entry()] = w[margins.dimension()];
  std::vector<double> h(static_cast<std::size_t>(margins.samples()));
  margins.apply(x.data(), h);
  return std::all_of(h.begin(), h.end(), [](double each) { return each > 0.0; });
}

// No weights can separate if a sum of samples with positive weights vanishes.
bool excludes(std::vector<double> a, const minimiser::Margins& margins) {
  constexpr double rounding = 1e-10;  // relative to one sample
  double total = 0.0;
  for (double& each : a) total += each = std::max(0.0, each);
  minimiser::Unknowns sum = margins.zero();
  margins.add_transposed(a, sum);
  return total > 0.5 && sum.norm() <= rounding * std::sqrt(margins.mean_square_row());
}

void require(bool holds, const std::string& key, long value, const std::string& allowed) {
  if (!holds) throw InputError(key, std::to_string(value) + " is out of range; allowed is " + allowed);
}

// Of one data set and its programme. GLPK ends the process where memory runs out, so that this must not be too little:
// an element of the matrix takes 64 bytes in its lists and 12 in each of two copies by rows and columns, one of the
// factors of the basis 12 in each of two.
double bytes_per_instance(const Problem& problem, long dimension) {
  constexpr double element = 90.0;
  constexpr double basis_element = 30.0;
  const double samples = std::max(1.0, problem.data.alpha * static_cast<double>(dimension));
  const double rows = static_cast<double>(dimension) + 2.0;
  return sim::data_set_bytes(samples, dimension) + element * rows * (samples + 2.0) + basis_element * rows * rows;
}

int concurrent(const Problem& problem, long dimension, int wanted) {
  const double needed = bytes_per_instance(problem, dimension);
  const double usable = minimiser::usable_memory();
  if (needed > usable) {
    throw InputError("dimension", std::to_string(dimension) + " needs " + format_bytes(needed) +
                                      " for one linear programme; allowed is what takes at most " +
                                      format_bytes(usable));
  }
  return usable / needed < wanted ? static_cast<int>(usable / needed) : wanted;
}

// In the order of the data sets.
SeparableFraction counted(const std::vector<Separable>& answers) {
  SeparableFraction result;
  std::vector<double> decided;
  for (const Separable answer : answers) {
    if (answer == Separable::stopped) {
      result.fraction = Estimate::unavailable("stopped before all data sets were tried");
      return result;
    }
    if (answer != Separable::undecided) decided.push_back(answer == Separable::yes ? 1.0 : 0.0);
  }
  const auto count = static_cast<Eigen::Index>(decided.size());
  result.undecided = static_cast<int>(answers.size() - decided.size());
  if (result.undecided > 0) {
    result.message = std::to_string(result.undecided) + " of " + std::to_string(answers.size()) +
                     " data sets, at the border between separable and not or too hard for the linear programme, could "
                     "not be decided and are left out";
  }
  if (count < 2) {
    result.fraction = Estimate::unavailable("fewer than two data sets could be decided");
    return result;
  }
  const Series series = Series::from_counts(Eigen::Map<const Eigen::VectorXd>(decided.data(), count), 1);
  result.fraction = {.value = series.mean[0], .standard_error = series.standard_error[0], .reason = ""};
  return result;
}

}  // namespace

Separable linearly_separable(const sim::DataSet& data, Intercept intercept, const std::function<bool()>& stopped) {
  const minimiser::Margins margins(data, intercept);
  const std::unique_lock<std::mutex> lock = turn();
  Farkas programme(data, intercept);
  if (!programme.solve(stopped)) return Separable::stopped;
  if (separates(programme.weights(), margins)) return Separable::yes;
  return excludes(programme.multipliers(), margins) ? Separable::no : Separable::undecided;
}

SeparableFraction separable_fraction(const DataSpec& data, Intercept intercept, long dimension, int instances,
                                     std::uint64_t seed, const Execution& execution) {
  Problem problem;
  problem.question = Question::minimiser;
  problem.data = data;
  problem.loss.loss.name = "logistic";  // which asks for no parameters
  problem = validated(problem);
  require(dimension >= sim::smallest_dimension && dimension <= sim::largest_dimension, "dimension", dimension,
          std::to_string(sim::smallest_dimension) + " <= dimension <= " + std::to_string(sim::largest_dimension));
  require(data.alpha * static_cast<double>(dimension) >= 1.0, "dimension", dimension, "dimension >= 1/alpha");
  require(instances >= 2 && instances <= sim::max_data_sets, "instances", instances,
          "2 <= instances <= " + std::to_string(sim::max_data_sets));
  // The analyser does not see a use in a pragma.
  [[maybe_unused]] const int threads = concurrent(problem, dimension, std::min(execution.thread_count(), instances));
  const auto model = make_data_model(problem.data.model, problem.data.noise);
  ProgressMeter meter(execution, "separability N = " + std::to_string(dimension), instances);
  std::vector<Separable> answers(static_cast<std::size_t>(instances), Separable::stopped);
  FirstException failure;
  const auto stopped = [&] { return execution.stopped() || failure.raised(); };
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
  for (int i = 0; i < instances; ++i) {
    failure.guard([&] {
      if (stopped()) return;
      sim::DataSet set(largest_sample_count(problem, dimension), dimension);
      if (!set.draw(problem, *model, seed, {.size = 0, .run = i}, stopped)) return;
      answers[static_cast<std::size_t>(i)] = linearly_separable(set, intercept, stopped);
      meter.add(1.0);
    });
  }
  failure.rethrow();
  return counted(answers);
}

}  // namespace sgdyn
