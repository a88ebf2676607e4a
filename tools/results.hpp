// The output directory: result.json, series.csv, arrays/*.npy, figures/ and report.html.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "outcome.hpp"
#include "session.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/theory/theory.hpp"
#include "stage.hpp"

namespace sgdyn::tools {

/// A directory proven writable before anything is computed. New results replace the files of an earlier result there
/// and nothing else; until then the earlier result stays whole. What was created for a run that wrote nothing is
/// removed.
class OutputDirectory {
 public:
  /// @throws InputError ("--out") when it cannot be created or written to, or holds a result.json of something else.
  explicit OutputDirectory(std::filesystem::path path);
  ~OutputDirectory();
  OutputDirectory(const OutputDirectory&) = delete;
  OutputDirectory& operator=(const OutputDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// A directory inside, in which the new files are made.
  [[nodiscard]] std::filesystem::path stage();
  /// Removes the files of the earlier result and moves the staged `files` (relative paths) into place, the last one
  /// last.
  /// @throws InputError, having removed again what was moved.
  void publish(const std::vector<std::string>& files);
  /// Removes the stage with what was made in it; so does the end of this object.
  void discard();
  /// `text` with the names files would have had after publish(), for messages.
  [[nodiscard]] std::string public_names(std::string text) const;

 private:
  void move_into_place(const std::vector<std::string>& files) const;

  std::filesystem::path path_;
  std::unique_ptr<Stage> stage_;
  std::vector<std::filesystem::path> created_;  // directories, innermost first
  bool published_ = false;
};

/// The directory results go to: --out, the default "sgdyn-out/<name>-<hash>", or nothing with --json alone. `variant`
/// is appended to the default where a command can be asked several things about one problem. @throws InputError.
[[nodiscard]] std::unique_ptr<OutputDirectory> open_output(const Options& options, const std::string& name,
                                                           const Problem& problem, const std::string& variant = "");

/// Writes the results to `directory` (unless null), prints the document (--json) or the tables on stdout, explains a
/// status that is not ok on stderr, and gives the exit status. Results that cannot be written are printed all the same,
/// and the exit status is that of a failure. @throws OutputError, ReaderGone (output.hpp).
[[nodiscard]] ExitStatus deliver(Outcome& outcome, const Options& options, Session& session,
                                 OutputDirectory* directory);

/// A theory that does not apply: nothing is computed or written, but a program that reads --json gets a document that
/// says why there are no numbers.
void deliver_refusal(Outcome& outcome, const NotApplicable& refusal, const Options& options, const Session& session);

/// @throws NotApplicable, delivered, when `theory` does not apply to the problem of `outcome`.
void require_applicable(const Theory& theory, Outcome& outcome, const Options& options, const Session& session);

}  // namespace sgdyn::tools
