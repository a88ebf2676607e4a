// What a command found, before it becomes a document, tables, figures and a report.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command.hpp"
#include "figure_script.hpp"
#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/validation/compare.hpp"

namespace sgdyn::tools {

/// What a command found besides what every producer has, as documents, text and pictures.
struct Extras {
  std::vector<std::pair<std::string, nlohmann::ordered_json>> blocks{};  ///< of the document, by key
  std::string text{};                                                    ///< for stdout, after everything else
  std::vector<std::pair<std::string, std::string>> numbers{};  ///< the same for the report, where it is rows of a table
  std::vector<std::pair<std::string, std::string>> tables{};   ///< further files: name, CSV
  std::vector<FigureScript> figures{};
};

struct Outcome {
  std::string command{};
  std::string name{};                       ///< of the problem file
  Problem problem{};                        ///< simulated, and solved unless theory_problem says otherwise
  std::optional<Problem> theory_problem{};  ///< with --theory-algorithm
  std::string heading{};                    ///< in place of the description of `problem`, where that is not all of it
  std::vector<Observables> theories{};
  std::optional<Observables> simulation{};
  std::optional<Observables> minimisation{};  ///< what a theory of the minimiser is compared with
  std::vector<Comparison> comparisons{};      ///< one a theory, in the same order; empty when nothing was compared
  std::optional<Verdict> verdict{};           ///< over all theories
  std::string verdict_reason{};
  std::vector<std::string> notes{};  ///< what was done otherwise than asked for, a sentence each
  Extras extras{};
  Status status = Status::ok;    ///< of what no producer stands for
  std::string status_message{};  ///< one sentence where it is not ok
  bool stopped = false;          ///< asked to stop before everything was begun; what has begun carries its own status
  int threads = 1;
  double wall_seconds = 0.0;
};

/// All producers, theories first.
[[nodiscard]] std::vector<const Observables*> producers(const Outcome& outcome);

/// What `theory` is compared with; nothing where that was not computed.
[[nodiscard]] const Observables* counterpart(const Outcome& outcome, const Observables& theory);

/// What was asked, in one line.
[[nodiscard]] std::string heading(const Outcome& outcome);

/// The names of all series of all producers, in the order of the catalogue.
[[nodiscard]] std::vector<std::string> observable_names(const Outcome& outcome);

/// The one that says more against the numbers.
[[nodiscard]] Status worse(Status a, Status b);

/// The worst status of the producers, and the sentence that came with it.
[[nodiscard]] Status worst_status(const Outcome& outcome);
[[nodiscard]] std::string status_message(const Outcome& outcome);

/// Exit status by status first, then by verdict.
[[nodiscard]] ExitStatus exit_status(const Outcome& outcome);

/// Cuts `observables` before the first step with a number that is not finite and marks it as overflow, so that no NaN
/// leaves with status ok.
void keep_finite_steps(Observables& observables);

/// How a producer is called in legends: "DMFT", or "DMFT of gaussian-sgd" where its algorithm is not the one simulated.
[[nodiscard]] std::string display_name(const Observables& observables);

}  // namespace sgdyn::tools
