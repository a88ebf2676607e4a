// Averages over the margin: closed forms against integrals in extended precision, quadrature against closed forms, and
// derivatives against difference quotients.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "replica/independent.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/numerics/block.hpp"
#include "sgdyn/numerics/normal.hpp"
#include "sgdyn/theory/replica/equations.hpp"
#include "sgdyn/theory/replica/gaussian_ramp.hpp"
#include "sgdyn/theory/replica/half_moments.hpp"
#include "sgdyn/theory/replica/proximal.hpp"
#include "sgdyn/theory/replica/quadrature.hpp"
#include "support/formulas.hpp"

namespace sgdyn {
namespace {

using namespace replica;
using replica_tests::Legendre;
using replica_tests::normal_density;
using replica_tests::Real;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double epsilon = std::numeric_limits<double>::epsilon();

// The integral of a function that is analytic on `count` panels between two ends.
template <class F>
Real integral(F f, Real from, Real to, int count) {
  static const Legendre rule;
  Real sum = 0;
  for (int i = 0; i < count; ++i) {
    const Real half = (to - from) / (2 * count), middle = from + half * (2 * i + 1);
    for (std::size_t k = 0; k < Legendre::count; ++k) sum += half * rule.weight[k] * f(middle + half * rule.node[k]);
  }
  return sum;
}

// E[(t - x)_+^n] = phi(t) times the integral of y^n exp(t y - y^2/2) over y > 0: nothing cancels.
Real half_moment(Real t, int n) {
  const Real end = t < 0 ? std::min(Real(14), 60 / -t) : t + 14;
  return integral([=](Real y) { return std::pow(y, Real(n)) * std::exp(t * y - y * y / 2 - t * t / 2); }, 0, end,
                  t < 0 ? 40 : 40 + static_cast<int>(4 * t)) /
         std::sqrt(2 * std::numbers::pi_v<Real>);
}

// Rounding t changes the tail by t^2 epsilon, which no formula can help.
TEST(HalfMoments, EqualTheirIntegralsFarIntoBothTails) {  // replica.E8
  for (Real t = -37; t < 37; t += 0.171L) {
    const auto rounded = static_cast<double>(t);
    const HalfMoments found = half_moments(rounded);
    const double allowed = 5e-15 + epsilon * (t < 0 ? rounded * rounded : 0.0);
    const std::array<double, 3> values{found.zeroth, found.first, found.second};
    for (int n = 0; n < 3; ++n) {
      const auto exact = static_cast<double>(half_moment(rounded, n));
      EXPECT_NEAR(values[static_cast<std::size_t>(n)], exact, allowed * exact) << "t = " << rounded << ", n = " << n;
    }
  }
}

TEST(HalfMoments, EndWithoutNaN) {
  for (const double t : {-40.0, -1e8, -1e300, -infinity}) {
    const HalfMoments found = half_moments(t);
    EXPECT_EQ(found.zeroth, 0.0) << t;
    EXPECT_EQ(found.first, 0.0) << t;
    EXPECT_EQ(found.second, 0.0) << t;
  }
  EXPECT_EQ(half_moments(1e8).zeroth, 1.0);
  EXPECT_EQ(half_moments(1e8).first, 1e8);
}

// ---- ramps ----

struct ExactMoments {
  Real d = 0, dd = 0, p = 0, xi_p = 0, xi2_p = 0, d_p = 0, xi_d_p = 0, dd_p = 0, loss = 0;
};

// Over the ramp, and over what lies below it where d is constant.
ExactMoments exact_ramp(const ProximalRamp& ramp, Real slope, Real rest, Real g, Real gap, Real s) {
  ExactMoments sum;
  // In terms of y = t - x, so that narrow ramps keep their digits; two-sided ones go on to the other side.
  const Real t = gap / s, tau = Real(ramp.width) / s;
  const Real from = std::max(ramp.two_sided ? -infinity : Real(0), t - 14), to = std::min(tau, t + 14);
  const auto add = [&](Real ExactMoments::*moment, auto f) {
    if (to <= from) return;
    sum.*moment +=
        integral([&](Real y) { return normal_density(t - y) * f(t - y, slope * s * y, slope); }, from, to, 60);
  };
  add(&ExactMoments::d, [](Real, Real d, Real) { return d; });
  add(&ExactMoments::dd, [](Real, Real d, Real) { return d * d; });
  add(&ExactMoments::p, [](Real, Real, Real p) { return p; });
  add(&ExactMoments::xi_p, [](Real x, Real, Real p) { return x * p; });
  add(&ExactMoments::xi2_p, [](Real x, Real, Real p) { return x * x * p; });
  add(&ExactMoments::d_p, [](Real, Real d, Real p) { return d * p; });
  add(&ExactMoments::xi_d_p, [](Real x, Real d, Real p) { return x * d * p; });
  add(&ExactMoments::dd_p, [](Real, Real d, Real p) { return d * d * p; });
  // l(u) = (anchor - u)^2 k/2 with k = slope/(g rest): (d^2/(2 g)) rest/slope
  add(&ExactMoments::loss, [&](Real, Real d, Real) { return d * d / (2 * g) * rest / slope; });
  const Real width = ramp.width;
  if (std::isfinite(ramp.width) && t - tau > -14) {
    const Real end = std::min(t - tau, Real(14));
    const auto below = [&](auto f) { return integral([&](Real x) { return normal_density(x) * f(x); }, -14, end, 60); };
    const Real mass = below([](Real) { return Real(1); });
    sum.d += slope * width * mass;
    sum.dd += slope * slope * width * width * mass;
    sum.loss += below([&](Real x) {
      const Real over = s * (t - x) - width;
      return slope * width / g * (over + rest * width / 2);
    });
  }
  return sum;
}

TEST(RampMoments, EqualTheirIntegrals) {  // replica.E7, replica.E8
  for (const double g : {1e-6, 0.01, 1.0, 300.0, 1e8}) {
    for (const bool hinge : {true, false}) {
      const auto loss = make_loss({hinge ? "hinge" : "squared-hinge", {{"margin", 1.0}}});
      const ProximalRamp ramp = *loss->proximal_ramp(g);
      const Real slope = hinge ? Real(1) : Real(g) / (1 + Real(g)), rest = hinge ? Real(0) : 1 / (1 + Real(g));
      EXPECT_NEAR(ramp.rest, static_cast<double>(rest), 1e-15 * ramp.rest);
      for (const double s : {1e-4, 0.1, 1.0, 50.0, 1e5}) {
        for (const double t : {-8.0, -3.0, -1.6, -0.4, 0.0, 0.7, 2.5, 9.0}) {
          const double gap = t * s;
          const Moments found = ramp_moments(ramp, g, gap, s);
          const ExactMoments exact = exact_ramp(ramp, slope, rest, g, gap, s);
          // E[d], E[d^2], E[p] and the loss enter equations and results: full relative accuracy. The others enter
          // derivatives alone, and may lose what cancels.
          const auto near = [&](double value, Real expected, double relative, double absolute, const char* what) {
            const auto right = static_cast<double>(expected);
            EXPECT_NEAR(value, right, relative * std::fabs(right) + absolute)
                << what << (hinge ? " hinge" : " squared hinge") << " g = " << g << ", s = " << s << ", t = " << t;
          };
          near(found.d, exact.d, 1e-13, 1e-290, "d");
          near(found.dd, exact.dd, 1e-13, 1e-290, "d^2");
          near(found.p, exact.p, 1e-13, 1e-290, "p");
          near(found.loss, exact.loss, 1e-13, 1e-25 * found.dd / g, "loss");
          near(found.xi_p, exact.xi_p, 1e-12, 4e-16, "xi p");
          near(found.xi2_p, exact.xi2_p, 1e-12, 4e-15 * (1.0 + t * t), "xi^2 p");
          const double reach = s * (1.0 + std::fabs(t));
          near(found.d_p, exact.d_p, 1e-12, 4e-15 * reach, "d p");
          near(found.xi_d_p, exact.xi_d_p, 1e-12, 4e-14 * reach * (1.0 + t * t), "xi d p");
          near(found.dd_p, exact.dd_p, 1e-12, 4e-15 * reach * reach, "d^2 p");
        }
      }
    }
  }
}

// Lanes of a block know nothing of each other; the exponentials of full and of partial vectors differ by roundings.
TEST(RampMoments, OfManyPartsAreThoseOfEach) {
  for (const char* name : {"hinge", "squared-hinge", "square"}) {
    const ProximalRamp ramp =
        *make_loss({name, std::string(name) == "square" ? Parameters{} : Parameters{{"margin", 1.0}}})
             ->proximal_ramp(0.7);
    Block gap;
    Block deviation;
    for (std::size_t i = 0; i < block_size; ++i) {
      gap[i] = -3.0 + 0.4 * static_cast<double>(i);
      deviation[i] = i % 3 == 0 ? 0.2 : 1.0 + 0.3 * static_cast<double>(i);  // wide ones have narrow zones
    }
    for (std::size_t count = 1; count <= block_size; ++count) {
      std::vector<Moments> all(count);
      ramp_moments(ramp, 0.7, gap, deviation, all);
      for (std::size_t i = 0; i < count; ++i) {
        const Moments one = ramp_moments(ramp, 0.7, gap[i], deviation[i]);
        for (const auto member : {&Moments::d, &Moments::dd, &Moments::p, &Moments::p_rest, &Moments::loss}) {
          EXPECT_NEAR(all[i].*member, one.*member, 1e-13 * std::fabs(one.*member)) << name << " " << i << "/" << count;
        }
        const double size = std::pow(1.0 + std::fabs(gap[i]) + deviation[i], 2);  // what may cancel
        for (const auto member : {&Moments::xi_p, &Moments::xi2_p, &Moments::d_p, &Moments::xi_d_p, &Moments::dd_p}) {
          EXPECT_NEAR(all[i].*member, one.*member, 1e-14 * size) << name << " " << i << "/" << count;
        }
      }
    }
  }
}

TEST(RampMoments, OfTheSquareLossAreThoseOfAGaussian) {  // replica.E7
  for (const double g : {1e-6, 0.3, 1e9}) {
    const ProximalRamp ramp = *make_loss({"square", {}})->proximal_ramp(g);
    for (const double s : {1e-3, 1.0, 200.0}) {
      for (const double gap : {-3.0, 0.0, 0.4, 70.0}) {
        const Moments found = ramp_moments(ramp, g, gap, s);
        const Real r = Real(g) / (1 + Real(g)), square = Real(gap) * gap + Real(s) * s;
        EXPECT_NEAR(found.d, static_cast<double>(r * gap), 1e-15 * std::fabs(gap));
        EXPECT_NEAR(found.dd / static_cast<double>(r * r * square), 1.0, 2e-15);
        EXPECT_NEAR(found.p, static_cast<double>(r), 1e-15);
        EXPECT_NEAR(found.loss / static_cast<double>(square / (2 * (1 + Real(g)) * (1 + Real(g)))), 1.0, 2e-15);
      }
    }
  }
}

// ---- quadrature ----

MarginLaw clusters(double noise, double fraction) {
  return MarginLaw(*make_data_model({"two-clusters", {{"fraction", fraction}}}, noise), Intercept::optimal, noise,
                   std::nullopt);
}

struct Wide {
  double g, m, q, B;
};

const Wide states[] = {{0.01, 0.3, 0.1, -0.4}, {1.0, 0.9, 1.2, 0.1},    {40.0, 2.0, 6.0, -3.0},
                       {1e6, 4.0, 30.0, -2.0}, {1e-4, 1e-3, 1e-5, 0.9}, {3.0, 100.0, 1e4, 5.0}};

TEST(Quadrature, OfAFormulaEqualsTheLossThatIsBuiltIn) {  // replica.E7
  for (const auto& [name, formula] : testing_support::built_in_losses) {
    const auto built_in = make_loss(
        {name, std::string(name).find("hinge") == std::string::npos ? Parameters{} : Parameters{{"margin", 1.0}}});
    const auto typed = make_loss(testing_support::formula_loss(formula));
    const MarginLaw law = clusters(0.7, 0.3);
    for (const Wide& state : states) {
      const OrderParameters at{.proximal_width = state.g, .overlap = state.m, .q = state.q, .intercept = state.B};
      std::vector<Moments> one;
      std::vector<Moments> other;
      EXPECT_TRUE(MarginMoments(*built_in, law).evaluate(at, one));
      EXPECT_TRUE(MarginMoments(*typed, law).evaluate(at, other));
      EXPECT_NEAR(proportions(*typed, law, at).wrong, proportions(*built_in, law, at).wrong, 1e-12) << name;
      // Relative to the sum over all parts, which is what the quadrature promises.
      Moments size;
      for (const Moments& k : one) {
        size.d += std::fabs(k.d);
        size.dd += k.dd;
        size.p += k.p;
        size.loss += k.loss;
      }
      // A formula computes 1 - h and exp(-h) in double: its kink is known to a rounding, and so is u.
      for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_NEAR(other[i].d, one[i].d, 1e-12 * size.d + 1e-30) << name << " g = " << state.g;
        EXPECT_NEAR(other[i].dd, one[i].dd, 1e-12 * size.dd + 1e-30) << name << " g = " << state.g;
        EXPECT_NEAR(other[i].p, one[i].p, 1e-12 * size.p + 1e-30) << name << " g = " << state.g;
        EXPECT_NEAR(other[i].loss, one[i].loss, 1e-12 * size.loss + 1e-15 * size.d / state.g) << name << " " << state.g;
      }
    }
  }
}

TEST(Quadrature, OfTheLogisticLossEqualsIntegralsOfAnotherKind) {  // replica.E7
  const auto loss = make_loss({"logistic", {}});
  const replica_tests::Case c{.loss = "logistic", .noise = 0.7, .fraction = 0.3, .intercept = true};
  const MarginLaw law = clusters(c.noise, c.fraction);
  for (const Wide& state : states) {
    const OrderParameters at{.proximal_width = state.g, .overlap = state.m, .q = state.q, .intercept = state.B};
    std::vector<Moments> found;
    EXPECT_TRUE(MarginMoments(*loss, law).evaluate(at, found));
    const auto exact = replica_tests::averages(c, state.g, state.m, state.q, state.B);
    double d = 0.0, dd = 0.0, p = 0.0, value = 0.0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const double weight = law.parts()[i].weight;
      d += weight * found[i].d;
      dd += weight * found[i].dd;
      p += weight * found[i].p;
      value += weight * found[i].loss;
    }
    const Real g = state.g;
    EXPECT_NEAR(d, static_cast<double>(-g * exact.slope), 2e-14 * d);
    EXPECT_NEAR(dd, static_cast<double>(g * g * exact.square), 2e-14 * dd);
    EXPECT_NEAR(p, static_cast<double>(exact.p), 2e-14 * p);
    EXPECT_NEAR(value, static_cast<double>(exact.loss), 2e-14 * value);
  }
}

// ---- proportions ----

// u < kappa where h < kappa, however large g is.
TEST(Proportions, SupportOfASmoothLossDoesNotDependOnTheWidth) {  // replica.E6
  const auto loss = make_loss({"squared-hinge", {{"margin", 1.0}}});
  const MarginLaw law = clusters(0.7, 0.3);
  for (const double g : {1e-3, 1.0, 1e9, 1e14}) {
    const OrderParameters at{.proximal_width = g, .overlap = 0.8, .q = 0.4, .intercept = -0.2};
    EXPECT_NEAR(proportions(*loss, law, at).support, law.probability_below(1.0, at), 1e-15) << g;
  }
}

// The frequent label at margin 1 but for far less than a rounding of it.
TEST(Proportions, KeepTheDigitsOfMarginsAtTheAnchor) {  // replica.E14
  const MarginLaw law(*make_data_model({"two-clusters", {{"fraction", 0.1}}}, 1.0), Intercept::optimal, 1.0, 1.0);
  ASSERT_EQ(law.reference(), -1.0);
  const OrderParameters at{.proximal_width = 1.0, .overlap = 0.0, .q = 1e-40, .intercept = 1e-20};
  // h = 1 - 1e-20 + 1e-20 xi for y = -1, and about -1 for y = 1
  EXPECT_NEAR(law.probability_below(1.0, at), 0.9 * (1.0 - normal_tail(1.0)) + 0.1, 1e-15);
}

// Central differences of fourth order of the residuals themselves.
TEST(Equations, DerivativesAreDifferenceQuotients) {  // replica.E9
  const std::vector<Component> losses{{"square", {}},
                                      {"logistic", {}},
                                      {"hinge", {{"margin", 1.0}}},
                                      {"squared-hinge", {{"margin", 1.0}}},
                                      testing_support::formula_loss("exp(-h)")};
  for (const Component& component : losses) {
    const auto loss = make_loss(component);
    for (const bool perceptron : {false, true}) {
      const Component data =
          perceptron ? Component{"perceptron", {{"chi", 0.4}}} : Component{"two-clusters", {{"fraction", 0.3}}};
      const MarginLaw law(*make_data_model(data, 0.7), Intercept::optimal, 0.7, std::nullopt, Symmetry::ignored);
      const MarginMoments moments(*loss, law);
      for (const Limit limit : {Limit::none, Limit::vanishing_ridge}) {
        const MarginMoments limit_moments(*loss, law, ProximalRamp{.anchor = 1.0, .slope = 1.0});
        const Equations equations(law, limit == Limit::none ? moments : limit_moments, 1.7, 0.2, limit);
        Unknowns x(4);
        x << std::log(0.8), 0.7, std::log(0.5), -0.3;
        Residuals at;
        equations.evaluate(x, at);
        constexpr double step = 1e-3;
        for (Eigen::Index k = 0; k < 4; ++k) {
          std::array<Unknowns, 4> values;
          constexpr std::array<double, 4> offsets{-2.0, -1.0, 1.0, 2.0};
          for (std::size_t i = 0; i < 4; ++i) {
            Unknowns moved = x;
            moved[k] += step * offsets[i];
            Residuals there;
            equations.evaluate(moved, there);
            values[i] = there.value;
          }
          const Unknowns difference = (8.0 * (values[2] - values[1]) - (values[3] - values[0])) / (12.0 * step);
          for (Eigen::Index row = 0; row < 4; ++row) {
            EXPECT_NEAR(at.slope(row, k), difference[row], 1e-9)
                << component.name << " equation " << row << " unknown " << k << (perceptron ? " perceptron" : "");
          }
        }
      }
    }
  }
}

// ---- proximal points ----

// u - h + g l'(u) = 0, or u a kink whose forces hold it.
TEST(Proximal, PointsSatisfyTheirEquationForHardLosses) {  // replica.E6
  const std::vector<const char*> formulas{"exp(-h)",
                                          "log(1+exp(-h))",
                                          "max(0,1-h)",
                                          "abs(1-h)",
                                          "max(0,1-h)^2/2",
                                          "max(0,1-h)^4",
                                          "piecewise(h<0,1/2-h,h<1,(1-h)^2/2,0)",
                                          "max(0,max(1-h,3-5*h))",
                                          "log(exp(h-1)+exp(1-h))",
                                          "sqrt(1+(h-1)^2)"};
  for (const char* formula : formulas) {
    const auto loss = make_loss(testing_support::formula_loss(formula));
    ASSERT_TRUE(loss->convex()) << formula;
    const std::vector<Break> breaks = breaks_of(*loss);
    for (const double g : {1e-8, 1e-2, 1.0, 30.0, 1e4, 1e8}) {
      for (const double spread : {0.1, 5.0, 600.0}) {
        PanelArray h{};
        for (std::size_t i = 0; i < panel_nodes; ++i) {
          h[i] = spread * (2.0 * static_cast<double>(i) / (panel_nodes - 1) - 1.0);
        }
        ProximalBlock found;
        proximal_points(*loss, breaks, g, h, found);
        double previous = -infinity;
        for (std::size_t i = 0; i < panel_nodes; ++i) {
          const double u = found.u[i];
          ASSERT_TRUE(std::isfinite(u)) << formula << " g = " << g << " h = " << h[i];
          // l' a rounding below and above u brackets the force (h - u)/g.
          const double scale = 1e-13 * (std::fabs(u) + 1e-3);
          std::array<double, 2> slope{u - scale, u + scale};
          loss->d1(slope, slope);
          const double rounding = 1e-12 * (std::fabs(h[i]) + std::fabs(u) + g * std::fabs(slope[0]) * 1e-2);
          EXPECT_LE(u - scale - h[i] + g * slope[0], rounding) << formula << " g = " << g << " h = " << h[i];
          EXPECT_GE(u + scale - h[i] + g * slope[1], -rounding) << formula << " g = " << g << " h = " << h[i];
          EXPECT_NEAR(found.d[i], u - h[i],
                      4.0 * epsilon * (std::fabs(u) + std::fabs(h[i])) + 1e-11 * std::fabs(found.d[i]))
              << formula;
          EXPECT_GE(found.p[i], 0.0) << formula;
          EXPECT_LE(found.p[i], 1.0) << formula;
          EXPECT_GE(u, previous - 1e-12 * (1.0 + std::fabs(u))) << formula << ": u grows with h";
          previous = u;
        }
      }
    }
  }
}

}  // namespace
}  // namespace sgdyn
