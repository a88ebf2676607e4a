// sgdyn demo: compare on a problem that needs no file.
#include "commands/commands.hpp"
#include "commands/comparison.hpp"
#include "input.hpp"

namespace sgdyn::tools {
namespace {

constexpr std::string_view demo_problem = R"(# Logistic regression on two Gaussian clusters, trained by SGD.
[data]
model = "two-clusters"
alpha = 2.0
noise = 0.5

[loss]
name = "logistic"
ridge = 0.1

[algorithm]
name = "sgd"
learning_rate = 0.2
batch = 0.3
steps = 40

[dmft]
samples = 8192

[simulation]
dimension = 400
runs = 64
)";

}  // namespace

Command demo_command() {
  return {.name = "demo",
          .summary = "Compare theory and simulation on a built-in problem; no file needed.",
          .example = "sgdyn demo",
          .takes = Takes::built_in_problem,
          .options = {},
          .run = [](const Options& options, Session& session) {
            return run_comparison("demo", read_built_in(demo_problem, "demo", options), options, session);
          }};
}

}  // namespace sgdyn::tools
