// Numbers from outside: the fixed points of the reference table, and more of them and of alpha* from an independent
// solver in extended precision.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>

#include "replica/problems.hpp"
#include "sgdyn/theory/replica/bayes.hpp"
#include "sgdyn/theory/replica/replica.hpp"
#include "sgdyn/theory/replica/separability.hpp"

namespace sgdyn {
namespace {

using replica::FixedPoint;
using replica::Separability;
using replica_tests::Case;
using replica_tests::problem;

// The reference table rounds at 1e-10, so that 1e-9 is met without luck.
struct Rounded {
  Case question;
  double width, overlap, norm, objective, mean_loss, error;
};

const Rounded table[] = {
    {{.loss = "square", .alpha = 6, .noise = 1, .ridge = 1},
     0.1622776602,
     0.4558481560,
     0.2745417211,
     1.4045314540,
     0.2112100989,
     0.1921519681},
    {{.loss = "logistic", .alpha = 6, .noise = 1, .ridge = 1},
     0.5043935781,
     0.8845736850,
     0.9536449456,
     2.7513996938,
     0.3790962035,
     0.1825162543},
    {{.loss = "squared-hinge", .alpha = 6, .noise = 1, .ridge = 1},
     0.2113154971,
     0.5595237180,
     0.4128665806,
     1.3239060214,
     0.1862454552,
     0.1919343022},
    {{.loss = "hinge", .alpha = 6, .noise = 1, .ridge = 1},
     0.2969609801,
     0.8746314869,
     1.0143637004,
     2.4380922612,
     0.3218184018,
     0.1925830777},
    {{.loss = "square", .alpha = 2, .noise = 0.5, .ridge = 0.1},
     0.7416573868,
     0.6300868211,
     0.7786570057,
     0.2123914736,
     0.0867293117,
     0.1562916995},
    {{.loss = "logistic", .alpha = 2, .noise = 0.5, .ridge = 0.1},
     2.7648942868,
     1.6668855950,
     3.9100602403,
     0.5458957940,
     0.1751963910,
     0.1166022052},
    {{.loss = "squared-hinge", .alpha = 2, .noise = 0.5, .ridge = 0.1},
     1.7226573963,
     0.9594792737,
     1.6149600736,
     0.1392440650,
     0.0292480306,
     0.1428165820},
    {{.loss = "hinge", .alpha = 2, .noise = 0.5, .ridge = 0.1},
     1.6392840228,
     1.3274663537,
     3.3322632002,
     0.2382789561,
     0.0358328980,
     0.1518770667},
};

TEST(Reference, FixedPointsOfTheTable) {  // replica.E1, E2, E3, E10
  for (const Rounded& row : table) {
    const FixedPoint found = replica::solve(problem(row.question));
    ASSERT_EQ(found.status, Status::ok) << row.question;
    EXPECT_NEAR(found.proximal_width, row.width, 1e-9) << row.question;
    EXPECT_NEAR(found.overlap, row.overlap, 1e-9) << row.question;
    EXPECT_NEAR(found.norm, row.norm, 1e-9) << row.question;
    EXPECT_NEAR(found.objective, row.objective, 1e-9) << row.question;
    EXPECT_NEAR(found.training_loss / row.question.alpha, row.mean_loss, 1e-9) << row.question;
    EXPECT_NEAR(found.generalisation_error, row.error, 1e-9) << row.question;
  }
}

// Good to 12 digits as written here.
struct Exact {
  Case question;
  double overlap, norm, width, intercept, objective, training_loss, error;
};

const Exact points[] = {
    {{.loss = "square", .alpha = 2, .noise = 0.5, .ridge = 0.1, .fraction = 0.3, .intercept = true},
     0.588613330065,
     0.705411910946,
     0.741657386774,
     -0.164554667974,
     0.198411470229,
     0.163140874682,
     0.14293594649},
    {{.loss = "logistic", .alpha = 2, .noise = 0.5, .ridge = 0.1, .fraction = 0.3, .intercept = true},
     1.57791603524,
     3.61320080093,
     2.89195774787,
     -0.7946781791,
     0.498627738549,
     0.317967698503,
     0.111147820616},
    {{.loss = "hinge", .alpha = 2, .noise = 0.5, .ridge = 0.1, .fraction = 0.3, .intercept = true},
     1.24388671625,
     3.05012700897,
     1.73676581393,
     -0.405093651767,
     0.205597979529,
     0.0530916290806,
     0.13817465436},
    {{.loss = "squared-hinge", .alpha = 2, .noise = 0.5, .ridge = 0.1, .fraction = 0.3, .intercept = true},
     0.903151258,
     1.47690317821,
     1.84290540874,
     -0.304918881378,
     0.122517310671,
     0.048672151761,
     0.128870996919},
    {{.loss = "logistic", .alpha = 3, .noise = 1, .ridge = 0.001, .fraction = 0.5},
     9.06760177587,
     207.512793068,
     73.260761093,
     0,
     0.241833943711,
     0.138077547177,
     0.264523090113},
    {{.loss = "hinge", .alpha = 3, .noise = 1, .ridge = 0.001, .fraction = 0.5},
     5.50040223531,
     83.7486707359,
     65.6774870213,
     0,
     0.041874335368,
     3.01676415691e-14,
     0.273905698607},
    {{.loss = "squared-hinge", .alpha = 3, .noise = 1, .ridge = 0.001, .fraction = 0.5},
     4.8228619496,
     63.7413363736,
     66.0473811215,
     0,
     0.03651062213,
     0.00463995394319,
     0.272895324374},
    {{.loss = "logistic", .alpha = 8, .noise = 1, .ridge = 1e-06, .fraction = 0.3, .intercept = true},
     2.69621840307,
     10.2227615325,
     2.21376403076,
     -1.14453222711,
     1.98259626707,
     1.98259115569,
     0.174497917081},
    {{.loss = "hinge", .alpha = 8, .noise = 1, .ridge = 1e-06, .fraction = 0.3, .intercept = true},
     1.89809729854,
     5.3126963664,
     0.986409206932,
     -0.80821622452,
     1.92424671723,
     1.92424406089,
     0.179566595976},
    {{.loss = "squared-hinge", .alpha = 8, .noise = 1, .ridge = 1e-06, .fraction = 0.3, .intercept = true},
     0.846903117608,
     0.998617075045,
     0.332236697221,
     -0.36123341159,
     1.27454782192,
     1.27454732261,
     0.173380106231},
    {{.loss = "logistic", .alpha = 1, .noise = 0.5, .ridge = 1e-06, .fraction = 0.3, .intercept = true},
     8.6080872039,
     173.520451138,
     252928.581573,
     -3.7214595322,
     0.000103777447779,
     1.70172222103e-05,
     0.154938528954},
    {{.loss = "hinge", .alpha = 1, .noise = 0.5, .ridge = 1e-06, .fraction = 0.3, .intercept = true},
     0.820271315255,
     1.69447820906,
     242042.450257,
     -0.3392382441,
     8.47239104529e-07,
     0,
     0.16290819807},
    {{.loss = "squared-hinge", .alpha = 1, .noise = 0.5, .ridge = 1e-06, .fraction = 0.3, .intercept = true},
     0.820267976955,
     1.69446077063,
     242042.710679,
     -0.33923722383,
     8.47234744906e-07,
     4.35959249437e-12,
     0.162907959601},
    {{.loss = "logistic", .alpha = 2, .noise = 0.5, .ridge = 1e-08, .fraction = 0.1, .intercept = true},
     12.8304808389,
     402.041104838,
     22775793.8994,
     -13.5278751817,
     2.29187487253e-06,
     2.81669348336e-07,
     0.0803186290549},
    {{.loss = "hinge", .alpha = 2, .noise = 0.5, .ridge = 1e-08, .fraction = 0.1, .intercept = true},
     0.881662063576,
     1.99043290249,
     22147495.2126,
     -0.904559477533,
     9.95216451243e-09,
     0,
     0.0839330295348},
    {{.loss = "squared-hinge", .alpha = 2, .noise = 0.5, .ridge = 1e-08, .fraction = 0.1, .intercept = true},
     0.881662018474,
     1.99043265517,
     22147495.4556,
     -0.904559441873,
     9.95216389414e-09,
     6.18285506273e-16,
     0.0839330277805},
    {{.loss = "square", .alpha = 0.05, .noise = 1, .ridge = 0.1, .fraction = 0.3, .intercept = true},
     0.0366255485945,
     0.0347019442136,
     9.5474050251,
     -0.385349780562,
     0.00191808918226,
     0.000182991971574,
     0.299043693522},
    {{.loss = "hinge", .alpha = 0.05, .noise = 1, .ridge = 0.1, .fraction = 0.3, .intercept = true},
     0.0403103152787,
     0.0424278537519,
     9.50090841607,
     -0.383987491236,
     0.0021213926876,
     0,
     0.299510378715},
    {{.loss = "square", .alpha = 50, .noise = 5, .ridge = 1, .fraction = 0.02, .intercept = true},
     0.0153761474286,
     0.000548878071848,
     0.0203235242047,
     -0.945238898469,
     1.89142238247,
     1.89114794343,
     0.02},
    {{.loss = "logistic", .alpha = 50, .noise = 5, .ridge = 1, .fraction = 0.02, .intercept = true},
     0.33628699343,
     0.263274183985,
     0.906656065805,
     -4.18000041683,
     4.16726794358,
     4.03563085159,
     0.0200324624737},
    {{.loss = "squared-hinge", .alpha = 50, .noise = 5, .ridge = 1, .fraction = 0.02, .intercept = true},
     0.0322227278943,
     0.0024300704755,
     0.0432202436839,
     -0.976647329704,
     1.86386778207,
     1.86265274684,
     0.02},
    {{.loss = "square", .alpha = 10, .noise = 100, .ridge = 0.01, .fraction = 0.4, .intercept = true},
     0.00950861167679,
     0.00114691164546,
     0.111109739388,
     -0.198098277665,
     4.27892808011,
     4.27892234555,
     0.446434926115},
    {{.loss = "hinge", .alpha = 10, .noise = 100, .ridge = 0.01, .fraction = 0.4, .intercept = true},
     0.0240694290009,
     0.00818314559055,
     0.323149867651,
     -0.534877152258,
     7.44833874039,
     7.44829782467,
     0.446535448667},
    {{.loss = "square", .alpha = 0.5, .noise = 0.01, .ridge = 0.1, .fraction = 0.7, .intercept = true},
     0.785687672338,
     0.634419731527,
     0.0956356105257,
     0.0857249310649,
     0.0410771504474,
     0.00935616387101,
     2.28511526293e-19},
    {{.loss = "logistic", .alpha = 0.5, .noise = 0.01, .ridge = 0.1, .fraction = 0.7, .intercept = true},
     1.09070269468,
     1.21812073279,
     0.0992101658282,
     0.578083926248,
     0.189338678631,
     0.128432641992,
     5.11077027713e-07},
    {{.loss = "hinge", .alpha = 0.5, .noise = 0.01, .ridge = 0.1, .fraction = 0.7, .intercept = true},
     1.02453149643,
     1.12486209183,
     0.0883004959483,
     0.0372769599518,
     0.0597847257656,
     0.00354162117424,
     1.94958745466e-21},
    {{.loss = "hinge", .alpha = 5, .noise = 2, .ridge = 100, .fraction = 0.9, .intercept = true},
     0.00296083966349,
     2.42556717922e-05,
     0.00592167932698,
     1.00283457589,
     0.99878721641,
     0.997574432821,
     0.1},
    {{.loss = "squared-hinge", .alpha = 5, .noise = 2, .ridge = 100, .fraction = 0.9, .intercept = true},
     0.0158421219274,
     0.000530680343108,
     0.0182114294792,
     0.787326302462,
     0.86989996834,
     0.843365951184,
     0.1},
    {{.loss = "square", .alpha = 6, .noise = 1, .ridge = 1, .perceptron = true, .chi = 0},
     0.668405721191,
     0.49711851602,
     0.162277660168,
     0,
     1.20459011827,
     0.956030860262,
     0.103097922887},
    {{.loss = "logistic", .alpha = 6, .noise = 1, .ridge = 1, .perceptron = true, .chi = 0},
     1.04465481153,
     1.23451109372,
     0.488032974801,
     0,
     2.78631143109,
     2.16905588423,
     0.110627694638},
    {{.loss = "hinge", .alpha = 6, .noise = 1, .ridge = 1, .perceptron = true, .chi = 0},
     1.20958664588,
     1.6578659906,
     0.259391101674,
     0,
     2.189355419,
     1.3604224237,
     0.111359593289},
    {{.loss = "squared-hinge", .alpha = 6, .noise = 1, .ridge = 1, .perceptron = true, .chi = 0},
     0.843077988829,
     0.774701042014,
     0.213749165408,
     0,
     1.08687292779,
     0.69952240678,
     0.0927395404218},
    {{.loss = "logistic", .alpha = 2, .noise = 0.5, .ridge = 0.1, .perceptron = true, .chi = 1.5},
     1.72333994135,
     3.45197677202,
     3.21563079638,
     0,
     0.356664311361,
     0.18406547276,
     0.0091865428375},
    {{.loss = "hinge", .alpha = 2, .noise = 0.5, .ridge = 0.1, .perceptron = true, .chi = 1.5},
     1.00806257294,
     1.41195114832,
     1.95123500332,
     0,
     0.0706393390131,
     4.17815973153e-05,
     0.0248721749235},
    {{.loss = "squared-hinge", .alpha = 2, .noise = 0.5, .ridge = 0.1, .perceptron = true, .chi = 1.5},
     0.816915959593,
     0.867338704797,
     2.15438227864,
     0,
     0.0541389336619,
     0.0107719984221,
     0.0186121653129},
    {{.loss = "logistic", .alpha = 3, .noise = 1, .ridge = 0.001, .perceptron = true, .chi = 4},
     3.9193704904,
     17.0748031679,
     421.737857528,
     0,
     0.0113761655371,
     0.0028387639532,
     0.000562085142288},
    {{.loss = "hinge", .alpha = 3, .noise = 1, .ridge = 0.001, .perceptron = true, .chi = 4},
     0.675243293827,
     0.543527986862,
     343.781679104,
     0,
     0.000271763993431,
     0,
     0.00188160089708},
    {{.loss = "squared-hinge", .alpha = 3, .noise = 1, .ridge = 0.001, .perceptron = true, .chi = 4},
     0.674455561814,
     0.542052217296,
     343.93249642,
     0,
     0.000271394534699,
     3.68426050835e-07,
     0.00187195255725},
    {{.loss = "square", .alpha = 2, .noise = 1, .ridge = 1, .perceptron = true, .chi = -0.5},
     0.395978885162,
     0.301743516761,
     0.414213562373,
     0,
     0.573270226239,
     0.422398467858,
     0.337078331731},
    {{.loss = "hinge", .alpha = 2, .noise = 1, .ridge = 1, .perceptron = true, .chi = -0.5},
     0.559168469193,
     0.714191247752,
     0.532312904506,
     0,
     1.13820233347,
     0.781106709596,
     0.35548976548},
    {{.loss = "hinge", .alpha = 4, .noise = 1, .ridge = 0.1, .fraction = 0.2},
     1.45320096595,
     3.69796827829,
     1.2487744468,
     0,
     0.97880330153,
     0.793904887616,
     0.224917325617},
    {{.loss = "logistic", .alpha = 4, .noise = 1, .ridge = 0.1, .fraction = 0.2, .intercept = true},
     1.57944844775,
     4.19042561247,
     3.00606710122,
     -1.57902384847,
     0.899867570477,
     0.690346289854,
     0.149121940591},
    {{.loss = "squared-hinge", .alpha = 4, .noise = 1, .ridge = 0.1, .fraction = 0.2, .intercept = true, .margin = 0.5},
     0.461463674121,
     0.434624243684,
     1.25962343237,
     -0.371591046566,
     0.0915876249722,
     0.069856412788,
     0.171703114804},
    {{.loss = "logistic", .alpha = 3, .noise = 0.7, .ridge = 0.05, .fraction = 0.2},
     2.30079655911,
     8.19763257848,
     4.2223048422,
     0,
     0.672246354276,
     0.467305539814,
     0.16840871031},
};

// The independent solver leaves out margins beyond 15 deviations: its smallest losses have less than ten digits.
void expect_relative(double found, double expected, const char* what, const Case& question, double floor = 0.0) {
  EXPECT_NEAR(found, expected, 1e-10 * std::fabs(expected) + floor) << what << " of " << question;
}

TEST(Reference, FixedPointsToTenDigits) {  // replica.E1, replica.E2, replica.E3, replica.E4, replica.E10
  for (const Exact& row : points) {
    const FixedPoint found = replica::solve(problem(row.question));
    ASSERT_EQ(found.status, Status::ok) << row.question << ": " << found.message;
    EXPECT_EQ(found.regime, replica::Regime::ridge) << row.question;
    EXPECT_LE(found.residual, 1e-14) << row.question;
    expect_relative(found.overlap, row.overlap, "overlap", row.question);
    expect_relative(found.norm, row.norm, "norm", row.question);
    expect_relative(found.proximal_width, row.width, "proximal width", row.question);
    expect_relative(found.intercept, row.intercept, "intercept", row.question);
    expect_relative(found.objective, row.objective, "objective", row.question);
    expect_relative(found.training_loss, row.training_loss, "training loss", row.question, 1e-16 * row.objective);
    expect_relative(found.generalisation_error, row.error, "error", row.question);
    EXPECT_NEAR(found.q, found.norm - found.overlap * found.overlap, 1e-13 * found.norm) << row.question;
    EXPECT_DOUBLE_EQ(found.proximal_width, found.response * row.question.noise) << row.question;
  }
}

TEST(Reference, SwappingTheLabelsTurnsTheInterceptRound) {  // replica.E4
  for (const char* loss : {"square", "logistic", "hinge", "squared-hinge"}) {
    const Case question{.loss = loss, .alpha = 3, .noise = 0.7, .ridge = 0.05, .fraction = 0.2, .intercept = true};
    Case swapped = question;
    swapped.fraction = 0.8;
    const FixedPoint one = replica::solve(problem(question));
    const FixedPoint other = replica::solve(problem(swapped));
    EXPECT_LT(one.intercept, -0.1) << loss << ": the rare label is +1";
    EXPECT_NEAR(other.intercept, -one.intercept, 1e-12) << loss;
    EXPECT_NEAR(other.overlap, one.overlap, 1e-12 * one.overlap) << loss;
    EXPECT_NEAR(other.norm, one.norm, 1e-12 * one.norm) << loss;
    EXPECT_NEAR(other.objective, one.objective, 1e-12 * one.objective) << loss;
    EXPECT_NEAR(other.generalisation_error, one.generalisation_error, 1e-12) << loss;
  }
}

// Without an intercept the sign of the label drops out of every margin.
TEST(Reference, WithoutAnInterceptTheFractionDoesNotMatter) {  // replica.E5
  for (const char* loss : {"square", "logistic", "hinge", "squared-hinge"}) {
    Case question{.loss = loss, .alpha = 3, .noise = 0.7, .ridge = 0.05};
    const FixedPoint even = replica::solve(problem(question));
    question.fraction = 0.03;
    const FixedPoint uneven = replica::solve(problem(question));
    EXPECT_NEAR(uneven.overlap, even.overlap, 1e-13 * even.overlap) << loss;
    EXPECT_NEAR(uneven.norm, even.norm, 1e-13 * even.norm) << loss;
    EXPECT_NEAR(uneven.generalisation_error, even.generalisation_error, 1e-14) << loss;
    question.fraction = 0.5;
    question.intercept = true;
    const FixedPoint fitted = replica::solve(problem(question));
    EXPECT_EQ(fitted.intercept, 0.0) << loss << ": labels are symmetric";
    EXPECT_EQ(fitted.overlap, even.overlap) << loss;
  }
}

// ---- alpha* ----

struct Threshold {
  double noise, fraction, alpha_star, overlap, intercept;
};

const Threshold thresholds[] = {
    {0.05, 0.5, 102947.52551288, 0.95510788989, 0},
    {0.05, 0.3, 112722.35495361, 0.95509645203, -0.020231577223},
    {0.05, 0.1, 175702.49991843, 0.95503088996, -0.052465631892},
    {0.05, 0.02, 396100.60552748, 0.95486566134, -0.092933116709},
    {0.5, 0.5, 6.6628170989224, 0.73260629637, 0},
    {0.5, 0.3, 7.3737764619936, 0.73180760029, -0.15517146168},
    {0.5, 0.1, 12.212954836166, 0.7272375211, -0.40220225952},
    {0.5, 0.02, 31.962731813953, 0.71580357239, -0.71147701472},
    {1, 0.5, 3.7000334556857, 0.61200318096, 0},
    {1, 0.3, 4.109213108024, 0.6105450273, -0.25917143029},
    {1, 0.1, 6.9396178223095, 0.60232345151, -0.67053256182},
    {1, 0.02, 18.989843693426, 0.58266924221, -1.1804736512},
    {2, 0.5, 2.7328837971904, 0.48464438277, 0},
    {2, 0.3, 3.0432931068675, 0.48270052357, -0.41024924454},
    {2, 0.1, 5.2151631195215, 0.47198519618, -1.0581084027},
    {2, 0.02, 14.726188026423, 0.44795908852, -1.8489871278},
    {10, 0.5, 2.1308742815545, 0.24366098224, 0},
    {10, 0.3, 2.3801506910533, 0.24200073413, -1.0300722304},
    {10, 0.1, 4.1446294506159, 0.23322977994, -2.6399609867},
    {10, 0.02, 12.080315604145, 0.21553988775, -4.5526782859},
    {1000, 0.5, 2.0012735875148, 0.025222162178, 0},
    {1000, 0.3, 2.2375107746742, 0.025021573688, -10.65686217},
    {1000, 0.1, 3.915153966711, 0.023980494865, -27.237073437},
    {1000, 0.02, 11.514066013384, 0.021962382121, -46.731698802},
};

DataSpec clusters(double noise, double fraction) {
  return {.model = {"two-clusters", {{"fraction", fraction}}}, .alpha = 1.0, .noise = noise};
}

TEST(AlphaStar, AgreesWithTheIndependentTable) {  // replica.E15
  for (const Threshold& row : thresholds) {
    const Separability found = replica::separability(clusters(row.noise, row.fraction), Intercept::optimal);
    ASSERT_EQ(found.status, Status::ok) << row.noise << " " << row.fraction;
    EXPECT_FALSE(found.always);
    EXPECT_NEAR(found.alpha_star, row.alpha_star, 1e-11 * row.alpha_star) << row.noise << " " << row.fraction;
    // At a maximum an error of 1e-8 in the argument leaves 1e-16 in the value.
    EXPECT_NEAR(found.overlap, row.overlap, 2e-8) << row.noise << " " << row.fraction;
    EXPECT_NEAR(found.intercept, row.intercept, 2e-8 * (1.0 + std::fabs(row.intercept)))
        << row.noise << " " << row.fraction;
  }
}

TEST(AlphaStar, KnownValuesAndCoversTwo) {  // replica.E15
  const auto alpha_star = [](double noise) {
    return replica::separability(clusters(noise, 0.5), Intercept::none).alpha_star;
  };
  EXPECT_NEAR(alpha_star(1.0), 3.7000335, 1e-7);
  EXPECT_NEAR(alpha_star(0.5), 6.6628171, 1e-7);
  // Cover: points without structure are separable up to two a weight; the clusters add a term of order 1/Delta.
  EXPECT_NEAR(alpha_star(1e4), 2.0, 2e-4);
  EXPECT_NEAR(alpha_star(1e8), 2.0, 2e-8);
  EXPECT_GT(alpha_star(1e4), 2.0);
}

TEST(AlphaStar, LabelsMaySwapAndOnlyAnInterceptSeesTheirFraction) {  // replica.E15
  for (const double noise : {0.2, 1.0, 30.0}) {
    const double even = replica::separability(clusters(noise, 0.5), Intercept::none).alpha_star;
    for (const double fraction : {0.02, 0.1, 0.37}) {
      const Separability one = replica::separability(clusters(noise, fraction), Intercept::optimal);
      const Separability other = replica::separability(clusters(noise, 1.0 - fraction), Intercept::optimal);
      EXPECT_NEAR(one.alpha_star, other.alpha_star, 1e-12 * one.alpha_star);
      EXPECT_NEAR(one.intercept, -other.intercept, 2e-8 * (1.0 + std::fabs(one.intercept)));
      EXPECT_GT(one.alpha_star, even) << "an intercept separates more";
      const Separability none = replica::separability(clusters(noise, fraction), Intercept::none);
      EXPECT_NEAR(none.alpha_star, even, 1e-13 * even);
      EXPECT_EQ(none.intercept, 0.0);
    }
    EXPECT_EQ(replica::separability(clusters(noise, 0.5), Intercept::optimal).alpha_star, even);
  }
}

// Searches that start in the wrong units end short of the maximum where Delta is large or labels are rare.
TEST(AlphaStar, IsFoundForAllNoiseAndFractions) {  // replica.E15
  for (const double fraction : {0.001, 0.01, 0.05, 0.2, 0.4}) {
    double previous = std::numeric_limits<double>::infinity();
    for (double noise = 0.02; noise < 2e8; noise *= 3.0) {
      const Separability found = replica::separability(clusters(noise, fraction), Intercept::optimal);
      ASSERT_EQ(found.status, Status::ok) << noise << " " << fraction;
      EXPECT_LT(found.alpha_star, previous) << noise << " " << fraction << ": noise mixes the clusters";
      EXPECT_GT(found.overlap, 0.0);
      EXPECT_LT(found.overlap, 1.0);
      previous = found.alpha_star;
      // Nearby arguments give less: it is a maximum of E15.
      const auto value = [&](double m, double b) {
        const double s = std::sqrt(noise);
        double loss = 0.0;
        for (const auto& [weight, label] : {std::pair{fraction, 1.0}, std::pair{1.0 - fraction, -1.0}}) {
          const double t = (m + label * b) / s;
          const double tail = 0.5 * std::erfc(t / std::numbers::sqrt2);
          loss += weight * ((1.0 + t * t) * tail - t * std::exp(-0.5 * t * t) / std::sqrt(2.0 * std::numbers::pi));
        }
        return (1.0 - m * m) / loss;
      };
      if (noise < 0.2) continue;  // that formula loses its digits
      const double best = value(found.overlap, found.intercept);
      EXPECT_NEAR(best, found.alpha_star, 1e-11 * best) << noise << " " << fraction;
      for (const double step : {-1e-3, 1e-3}) {
        EXPECT_LE(value(found.overlap * (1.0 + step), found.intercept), best * (1.0 + 1e-14));
        EXPECT_LE(value(found.overlap, found.intercept + step * std::sqrt(noise)), best * (1.0 + 1e-14));
      }
    }
  }
}

TEST(AlphaStar, PerceptronDataAreSeparableAlways) {
  for (const double chi : {-0.9, 0.0, 4.0}) {
    const DataSpec data{.model = {"perceptron", {{"chi", chi}}}, .alpha = 1.0, .noise = 1.0};
    EXPECT_TRUE(replica::separability(data, Intercept::none).always);
    EXPECT_TRUE(replica::separability(data, Intercept::optimal).always);
  }
}

// alpha* grows like exp(1/(2 Delta)) and leaves the range of numbers: that is said, not returned.
TEST(AlphaStar, OverflowIsAStatus) {
  double previous = 0.0;
  for (const double noise : {0.1, 0.03, 0.01, 0.003, 0.001}) {
    const Separability found = replica::separability(clusters(noise, 0.5), Intercept::none);
    if (found.status == Status::ok) {
      EXPECT_TRUE(std::isfinite(found.alpha_star)) << noise;
      EXPECT_GT(found.alpha_star, previous) << noise;
      previous = found.alpha_star;
    }
  }
  EXPECT_GT(previous, 1e10);
  const Separability beyond = replica::separability(clusters(1e-4, 0.5), Intercept::none);
  EXPECT_EQ(beyond.status, Status::overflow);
  EXPECT_FALSE(beyond.message.empty());
}

// ---- no estimator is better ----

TEST(Bayes, IsTheFormulaAtKnownPoints) {  // replica.E16
  EXPECT_NEAR(replica::bayes_error({{"two-clusters", {{"fraction", 0.5}}}, 6.0, 1.0}).value, 0.17726973988675067,
              1e-15);
  EXPECT_NEAR(replica::bayes_error({{"two-clusters", {{"fraction", 0.3}}}, 2.0, 0.5}).value, 0.091228979599504078,
              1e-15);
  EXPECT_NEAR(replica::bayes_error({{"two-clusters", {{"fraction", 0.02}}}, 50.0, 5.0}).value, 0.019999944284488327,
              1e-15);
  // Samples without end reveal v, and the best decision is that of the likelihood along v.
  EXPECT_NEAR(replica::bayes_error({{"two-clusters", {{"fraction", 0.5}}}, 1e12, 0.5}).value, 0.5 * std::erfc(1.0),
              1e-12);
  EXPECT_FALSE(replica::bayes_error({{"perceptron", {{"chi", 0.0}}}, 6.0, 1.0}).available());
}

TEST(Bayes, NoLossAtAnyRidgeIsBetter) {  // replica.E16, replica.E10
  int compared = 0;
  for (const char* loss : {"square", "logistic", "hinge", "squared-hinge"}) {
    for (const double fraction : {0.5, 0.2}) {
      for (const double alpha : {0.3, 2.0, 20.0}) {
        for (const double ridge : {1e-4, 1e-2, 1.0, 100.0, 1e6}) {
          const Case question{
              .loss = loss, .alpha = alpha, .noise = 0.8, .ridge = ridge, .fraction = fraction, .intercept = true};
          const FixedPoint found = replica::solve(problem(question));
          ASSERT_EQ(found.status, Status::ok) << question << ": " << found.message;
          const double bound = replica::bayes_error(problem(question).data).value;
          EXPECT_GE(found.generalisation_error, bound * (1.0 - 1e-12)) << question;
          ++compared;
        }
      }
    }
  }
  EXPECT_EQ(compared, 120);
}

}  // namespace
}  // namespace sgdyn
