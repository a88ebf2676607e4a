// Builds the handles from the generated lists of component types: the only file that sees them all.
#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

#include "sgdyn/core/error.hpp"
#include "sgdyn/generated/components.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/model/sampling_scheme.hpp"

namespace sgdyn {
namespace {

// ---- handles: one virtual call per block around the inlined scalar functions of a component ----

template <LossComponent L>
class LossHandle final : public Loss {
 public:
  explicit LossHandle(const Component& given) : loss_(given.parameters) {}

  void value(std::span<const double> h, std::span<double> out) const override {
    apply(h, out, [this](double x) { return loss_.value(x); });
  }
  void d1(std::span<const double> h, std::span<double> out) const override {
    apply(h, out, [this](double x) { return loss_.d1(x); });
  }
  void d2(std::span<const double> h, std::span<double> out) const override {
    apply(h, out, [this](double x) { return loss_.d2(x); });
  }
  void derivatives(std::span<const double> h, std::span<double> first, std::span<double> second) const override {
    const double* source = h.data();
    double* d1 = first.data();
    double* d2 = second.data();
    const std::size_t count = h.size();
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
      d1[i] = loss_.d1(source[i]);
      d2[i] = loss_.d2(source[i]);
    }
  }
  [[nodiscard]] std::string_view name() const override { return L::name; }
  [[nodiscard]] std::string_view formula() const override { return L::formula; }
  [[nodiscard]] bool smooth() const override { return L::smooth; }
  [[nodiscard]] bool convex() const override { return L::convex; }
  [[nodiscard]] std::optional<double> margin() const override { return loss_.margin(); }
  [[nodiscard]] std::optional<ProximalRamp> proximal_ramp(double g) const override {
    if constexpr (HasProximalRamp<L>) return loss_.proximal_ramp(g);
    (void)g;
    return std::nullopt;
  }
  [[nodiscard]] std::span<const double> breaks() const override {
    if constexpr (HasBreaks<L>) return loss_.breaks();
    return {};
  }

 private:
  template <class F>
  static void apply(std::span<const double> h, std::span<double> out, F function) {
    const double* source = h.data();
    double* target = out.data();
    const std::size_t count = out.size();
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) target[i] = function(source[i]);
  }

  L loss_;
};

template <TextLossComponent L>
class TextLossHandle final : public Loss {
 public:
  explicit TextLossHandle(const Component& given) : loss_(given.texts) {}

  void value(std::span<const double> h, std::span<double> out) const override { loss_.value(h, out); }
  void d1(std::span<const double> h, std::span<double> out) const override { loss_.d1(h, out); }
  void d2(std::span<const double> h, std::span<double> out) const override { loss_.d2(h, out); }
  void derivatives(std::span<const double> h, std::span<double> first, std::span<double> second) const override {
    loss_.d1(h, first);
    loss_.d2(h, second);
  }
  [[nodiscard]] std::string_view name() const override { return L::name; }
  [[nodiscard]] std::string_view formula() const override { return loss_.formula(); }
  [[nodiscard]] bool smooth() const override { return loss_.smooth(); }
  [[nodiscard]] bool convex() const override { return loss_.convex(); }
  [[nodiscard]] std::optional<double> margin() const override { return loss_.margin(); }
  [[nodiscard]] std::optional<ProximalRamp> proximal_ramp(double /*g*/) const override { return std::nullopt; }
  [[nodiscard]] std::span<const double> breaks() const override {
    if constexpr (HasBreaks<L>) return loss_.breaks();
    return {};
  }

 private:
  L loss_;
};

template <class L>
struct LossHandleOf {
  using type = LossHandle<L>;
};
template <TextLossComponent L>
struct LossHandleOf<L> {
  using type = TextLossHandle<L>;
};
template <class L>
using AnyLossHandle = typename LossHandleOf<L>::type;

template <DataComponent D>
class DataHandle final : public DataModel {
 public:
  DataHandle(const Parameters& given, double noise) : data_(given, noise) {}

  void latent(std::span<const double> u_label, std::span<const double> u_projection, std::span<double> y,
              std::span<double> c) const override {
    data_.latent(u_label, u_projection, y, c);
  }
  void margin(std::span<const double> y, std::span<const double> r, std::span<double> h) const override {
    data_.margin(y, r, h);
  }
  void margin_derivatives(std::span<const double> y, std::span<const double> r, std::span<double> first,
                          std::span<double> second) const override {
    data_.margin_derivatives(y, r, first, second);
  }
  [[nodiscard]] double generalisation_error(double m, double C) const override {
    return data_.generalisation_error(m, C);
  }
  [[nodiscard]] double mean_square_projection() const override { return data_.mean_square_projection(); }
  [[nodiscard]] double mean_signed_projection() const override { return data_.mean_signed_projection(); }
  [[nodiscard]] std::vector<GaussianProjection> projections(double steepness) const override {
    if constexpr (HasProjectionNodes<D>) return data_.projections(steepness);
    (void)steepness;
    return data_.projections();
  }
  [[nodiscard]] bool projections_are_exact() const override { return !HasProjectionNodes<D>; }
  [[nodiscard]] std::string_view name() const override { return D::name; }
  [[nodiscard]] bool label_symmetric() const override { return D::label_symmetric; }
  [[nodiscard]] bool reflection_symmetric() const override {
    if constexpr (requires { D::reflection_symmetric; }) return D::reflection_symmetric;
    return false;
  }

 private:
  D data_;
};

template <SamplingComponent S>
class SamplingHandle final : public SamplingScheme {
 public:
  SamplingHandle(const Parameters& given, const LearningRate& learning_rate) : scheme_(given, learning_rate) {}

  [[nodiscard]] bool uses_uniform(int step) const override { return scheme_.uses_uniform(step); }
  void conditional_moments(int step, std::span<const double> memory, std::span<double> first,
                           std::span<double> second) const override {
    scheme_.conditional_moments(step, memory, first, second);
  }
  void advance(int step, std::span<const double> u, std::span<double> memory, std::span<double> s) const override {
    scheme_.advance(step, u, memory, s);
  }
  void draw_batch(int step, Stream& stream, std::span<double> memory, std::span<double> s) const override {
    scheme_.draw_batch(step, stream, memory, s);
  }
  [[nodiscard]] double mean() const override { return scheme_.mean(); }
  [[nodiscard]] double variance() const override { return scheme_.variance(); }
  [[nodiscard]] double autocovariance(int step, int lag) const override { return scheme_.autocovariance(step, lag); }
  [[nodiscard]] std::string_view name() const override { return S::name; }

 private:
  S scheme_;
};

// ---- lists ----

template <class List>
struct Registry;

template <class... Types>
struct Registry<std::tuple<Types...>> {
  static std::span<const ComponentInfo> infos() {
    static const std::array<ComponentInfo, sizeof...(Types)> all{info<Types>()...};
    return all;
  }

  template <class T>
  static ComponentInfo info() {
    ComponentInfo info{T::name, T::parameters()};
    if constexpr (requires { T::texts(); }) info.texts = T::texts();
    if constexpr (requires { T::default_noise; }) info.default_noise = T::default_noise;
    return info;
  }

  // Constructs Handle<T> for the T called `name`, which is known to exist.
  template <class Base, template <class> class Handle, class... Arguments>
  static std::shared_ptr<const Base> make(const std::string& name, const Arguments&... arguments) {
    std::shared_ptr<const Base> result;
    ((Types::name == name ? void(result = std::make_shared<Handle<Types>>(arguments...)) : void()), ...);
    return result;
  }
};

using Losses = Registry<generated::LossList>;
using DataModels = Registry<generated::DataList>;
using SamplingSchemes = Registry<generated::SamplingList>;

void require(bool holds, const std::string& key, double value, const std::string& allowed) {
  if (!holds) throw InputError(key, shortest(value) + " is out of range; allowed is " + allowed);
}

void require(const Range& range, const std::string& key, double value) {
  require(range.contains(value), key, value, range.describe(key.substr(key.find('.') + 1)));
}

void require_increasing(const std::vector<int>& steps, const std::string& key, int last) {
  int previous = -1;
  for (const int step : steps) {
    require(step > previous && step <= last, key, step,
            "an increasing list of steps between 0 and " + std::to_string(last));
    previous = step;
  }
}

}  // namespace

std::span<const ComponentInfo> known_losses() { return Losses::infos(); }
std::span<const ComponentInfo> known_data_models() { return DataModels::infos(); }
std::span<const ComponentInfo> known_sampling_schemes() { return SamplingSchemes::infos(); }

const ComponentInfo& find_component(std::span<const ComponentInfo> known, const std::string& name,
                                    const std::string& key) {
  std::vector<std::string> names;
  std::string list;
  for (const ComponentInfo& info : known) {
    if (info.name == name) return info;
    names.emplace_back(info.name);
    list += (list.empty() ? "" : ", ") + names.back();
  }
  throw InputError(key, "\"" + name + "\" is not known" + did_you_mean(name, names) + "; allowed is " + list);
}

std::shared_ptr<const Loss> make_loss(const Component& component) {
  const ComponentInfo& info = find_component(known_losses(), component.name, "loss.name");
  require_texts(component.texts, info.texts, "loss", component.name);
  const Component full{component.name, complete(component.parameters, info.parameters, "loss", component.name),
                       component.texts};
  return Losses::make<Loss, AnyLossHandle>(component.name, full);
}

std::shared_ptr<const DataModel> make_data_model(const Component& component, double noise) {
  const ComponentInfo& info = find_component(known_data_models(), component.name, "data.model");
  require_texts(component.texts, info.texts, "data", component.name);
  return DataModels::make<DataModel, DataHandle>(
      component.name, complete(component.parameters, info.parameters, "data", component.name), noise);
}

std::shared_ptr<const SamplingScheme> make_sampling_scheme(const Component& component,
                                                           const LearningRate& learning_rate) {
  const ComponentInfo& info = find_component(known_sampling_schemes(), component.name, "algorithm.name");
  require_texts(component.texts, info.texts, "algorithm", component.name);
  return SamplingSchemes::make<SamplingScheme, SamplingHandle>(
      component.name, complete(component.parameters, info.parameters, "algorithm", component.name), learning_rate);
}

bool has_memory(const SamplingScheme& scheme, int steps) {
  for (int step = 0; step + 1 < steps; ++step) {
    if (scheme.autocovariance(step, 1) != 0.0) return true;
  }
  return false;
}

int decorrelation_steps(const SamplingScheme& scheme, int from, int most) {
  const double negligible = std::exp(-1.0) * scheme.variance();
  int lag = 1;
  while (lag < most && std::fabs(scheme.autocovariance(from, lag)) > negligible) ++lag;
  return lag;
}

namespace {

// The objective of eq. 1, checked and completed.
Problem validated_objective(const Problem& problem) {
  Problem result = problem;
  require(Range::positive(), "data.alpha", problem.data.alpha);
  require(Range::positive(), "data.noise", problem.data.noise);
  require(Range::non_negative(), "loss.ridge", problem.loss.ridge);
  const auto& data = find_component(known_data_models(), problem.data.model.name, "data.model");
  result.data.model.parameters =
      complete(problem.data.model.parameters, data.parameters, "data", std::string(data.name));
  const auto& loss = find_component(known_losses(), problem.loss.loss.name, "loss.name");
  result.loss.loss.parameters = complete(problem.loss.loss.parameters, loss.parameters, "loss", std::string(loss.name));
  // Constraints between parameters live in the components' constructors.
  (void)make_data_model(result.data.model, result.data.noise);
  (void)make_loss(result.loss.loss);
  return result;
}

// Checks and completes all that eq. 2 adds to the objective.
void validate_training(const Problem& problem, Problem& result) {
  require(problem.algorithm.steps >= 1 && problem.algorithm.steps <= max_steps, "algorithm.steps",
          problem.algorithm.steps, "1 <= steps <= " + std::to_string(max_steps));
  result.algorithm.learning_rate = validated(problem.algorithm.learning_rate, problem.algorithm.steps);
  require(Range{0.0, 1.0, false, true}, "algorithm.momentum", problem.algorithm.momentum);
  if (problem.algorithm.momentum == 0.0) result.algorithm.momentum_kind = MomentumKind::heavy_ball;
  require(Range::non_negative(), "initial.variance", problem.initial.variance);
  require(Range{}, "initial.overlap", problem.initial.overlap);
  require_increasing(problem.observables.times, "observables.times", problem.algorithm.steps);
  require_increasing(problem.observables.response, "observables.response", problem.algorithm.steps - 1);
  require(problem.observables.replicas == 1 || problem.observables.replicas == 2, "observables.replicas",
          problem.observables.replicas, "1 or 2");

  const auto& sampling = find_component(known_sampling_schemes(), problem.algorithm.sampling.name, "algorithm.name");
  result.algorithm.sampling.parameters =
      complete(problem.algorithm.sampling.parameters, sampling.parameters, "algorithm", std::string(sampling.name));

  (void)make_sampling_scheme(result.algorithm.sampling, result.algorithm.learning_rate);
}

}  // namespace

Problem validated(const Problem& problem) {
  Problem asked = problem;
  if (problem.question == Question::separability) {
    asked.data.alpha = DataSpec().alpha;
    asked.loss = {.loss = {"square", {}}, .ridge = 0.0, .intercept = problem.loss.intercept};
  }
  Problem result = validated_objective(asked);
  if (problem.question == Question::trajectory) {
    validate_training(problem, result);
  } else {
    result.algorithm = {};
    result.initial = {};
    result.observables = {};
  }
  return result;
}

}  // namespace sgdyn
