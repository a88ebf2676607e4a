#include "results.hpp"

#include <fmt/format.h>

#include <utility>

#include "document.hpp"
#include "figures.hpp"
#include "output.hpp"
#include "report_html.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/io/atomic_file.hpp"
#include "sgdyn/io/npy.hpp"
#include "sgdyn/io/result.hpp"
#include "tables.hpp"

namespace sgdyn::tools {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> write_arrays(const Outcome& outcome, const fs::path& directory) {
  std::vector<std::string> files;
  const auto write = [&](const std::string& name, const Eigen::MatrixXd& matrix) {
    files.push_back("arrays/" + name + ".npy");
    write_npy(directory / files.back(), matrix);
  };
  prepare_output_directory(directory / "arrays");
  for (const Observables* producer : producers(outcome)) {
    for (const auto& [name, array] : producer->two_time) {
      write(producer->producer + "_" + name, array.mean);
      if (array.standard_error.size() > 0) write(producer->producer + "_" + name + "_stderr", array.standard_error);
    }
  }
  return files;
}

Drawing write_figures(const Outcome& outcome, const fs::path& directory, const Options& options,
                      const Session& session) {
  if (!options.plot) return {};
  // Somebody who pressed Ctrl-C waits: keep the numbers, leave out the pictures.
  if (session.stopped()) return {.figures = {}, .warning = "interrupted, so no figures were drawn"};
  prepare_output_directory(directory / "figures");
  return draw_figures(outcome, directory / "figures");
}

// Everything goes to the stage and is published together; the document is the last file.
nlohmann::ordered_json write_results(const Outcome& outcome, const Options& options, Session& session,
                                     OutputDirectory& directory) {
  const fs::path stage = directory.stage();
  std::vector<std::string> files = write_arrays(outcome, stage);
  const Drawing drawing = write_figures(outcome, stage, options, session);
  for (const Figure& figure : drawing.figures) {
    files.push_back("figures/" + figure.name + ".svg");
    files.push_back("figures/" + figure.name + ".png");
  }
  for (const auto& [name, table] : outcome.extras.tables) {
    write_file(stage / name, table);
    files.push_back(name);
  }
  write_file(stage / "series.csv", series_csv(producers(outcome)));
  write_file(stage / "report.html", report_html(outcome, drawing.figures, stage / "figures"));
  files.insert(files.end(), {"series.csv", "report.html", "result.json"});
  nlohmann::ordered_json document = result_document(outcome, files);
  write_file(stage / "result.json", document_text(document));
  directory.publish(files);
  if (!drawing.warning.empty()) session.warn(drawing.warning + "; everything else was written");
  return document;
}

struct Written {
  nlohmann::ordered_json document;
  std::string failure;  // why there are no files; empty when there are
};

Written try_to_write(const Outcome& outcome, const Options& options, Session& session, OutputDirectory& directory) {
  std::string failure;
  try {
    return {write_results(outcome, options, session, directory), ""};
  } catch (const InputError& error) {
    failure = error.what();
  } catch (const fs::filesystem_error& error) {
    failure = "--out: \"" + error.path1().string() + "\" cannot be written: " + error.code().message();
  }
  failure = directory.public_names(std::move(failure));
  directory.discard();
  return {{}, failure};
}

// What was computed must not be lost with the files: figures, most of the bytes, are given up first, and without any
// file the document still goes to stdout.
Written write_or_explain(const Outcome& outcome, Options options, Session& session, OutputDirectory* directory) {
  if (directory == nullptr) return {result_document(outcome, {}), ""};
  Written written = try_to_write(outcome, options, session, *directory);
  if (!written.failure.empty() && options.plot) {
    const std::string why_no_figures = written.failure;
    options.plot = false;
    written = try_to_write(outcome, options, session, *directory);
    if (written.failure.empty()) session.warn("no figures were kept: " + why_no_figures);
  }
  if (!written.failure.empty()) {
    written.document = result_document(outcome, {});
    written.failure += "; no file of this result was kept";
  }
  return written;
}

}  // namespace

ExitStatus deliver(Outcome& outcome, const Options& options, Session& session, OutputDirectory* directory) {
  session.clear_progress();
  outcome.wall_seconds = session.wall_seconds();
  outcome.threads = session.thread_count();
  const Written written = write_or_explain(outcome, options, session, directory);
  if (!written.failure.empty()) print_error(written.failure);
  if (options.json || directory == nullptr) {
    print(document_text(written.document));
  } else {
    const std::string report = "report: " + (directory->path() / "report.html").string() + "\n";
    print(outcome_text(outcome) + (written.failure.empty() ? report : ""));
  }
  const std::string message = status_message(outcome);
  if (!message.empty()) session.warn(fmt::format("{}: {}", to_string(worst_status(outcome)), message));
  // Whoever pressed Ctrl-C, even in the middle of a figure, expects a program that was interrupted.
  if (session.stopped()) return exit_interrupted;
  return written.failure.empty() ? exit_status(outcome) : exit_numerical;
}

void deliver_refusal(Outcome& outcome, const NotApplicable& refusal, const Options& options, const Session& session) {
  if (!options.json) return;
  outcome.verdict_reason = refusal.what();
  outcome.wall_seconds = session.wall_seconds();
  outcome.threads = session.thread_count();
  print(document_text(result_document(outcome, {})));
}

void require_applicable(const Theory& theory, Outcome& outcome, const Options& options, const Session& session) {
  const auto violated = theory.violated(outcome.problem);
  if (!violated) return;
  const NotApplicable refusal(theory.name, *violated);
  deliver_refusal(outcome, refusal, options, session);
  throw refusal;
}

}  // namespace sgdyn::tools
