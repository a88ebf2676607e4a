// NPY files: the layout of NumPy's format description (version 1.0), and reading back.
#include "sgdyn/io/npy.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "sgdyn/core/error.hpp"
#include "support/temporary_directory.hpp"

namespace sgdyn {
namespace {

using testing_support::read_bytes;
using testing_support::TemporaryDirectory;
using testing_support::write_bytes;

TEST(Npy, LayoutByHand) {
  const TemporaryDirectory folder;
  Eigen::MatrixXd matrix(2, 3);
  matrix << 1.0, 2.0, 3.0,  //
      4.0, 5.0, 6.0;
  write_npy(folder / "m.npy", matrix);

  // 6 bytes magic, version 1.0, 16 bit length 118 = 0x76, so that 10 + 118 = 128 is a multiple of 64; a dictionary
  // padded with blanks and closed by a line feed; then the rows one after the other.
  std::string expected("\x93NUMPY\x01\x00\x76\x00", 10);
  expected += "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
  expected.resize(127, ' ');
  expected += '\n';
  for (const char* value :
       {"\x00\x00\x00\x00\x00\x00\xf0\x3f", "\x00\x00\x00\x00\x00\x00\x00\x40", "\x00\x00\x00\x00\x00\x00\x08\x40",
        "\x00\x00\x00\x00\x00\x00\x10\x40", "\x00\x00\x00\x00\x00\x00\x14\x40", "\x00\x00\x00\x00\x00\x00\x18\x40"}) {
    expected.append(value, 8);
  }
  EXPECT_EQ(read_bytes(folder / "m.npy"), expected);
  EXPECT_EQ(folder.count(), 1) << "a temporary file was left behind";
}

TEST(Npy, ReadsBackWhatItWrites) {
  const TemporaryDirectory folder;
  // 1000 x 333 needs more than one block of rows; a row longer than a block is one of its own.
  for (const auto& [rows, columns] : {std::pair{1, 1}, {5, 1}, {1, 7}, {1000, 333}, {2, 200000}, {0, 3}, {3, 0}}) {
    Eigen::MatrixXd matrix(rows, columns);
    for (Eigen::Index i = 0; i < matrix.size(); ++i) matrix.data()[i] = 1.0 / static_cast<double>(i + 3);
    write_npy(folder / "m.npy", matrix);
    const Eigen::MatrixXd again = read_npy(folder / "m.npy");
    ASSERT_EQ(again.rows(), rows);
    ASSERT_EQ(again.cols(), columns);
    EXPECT_EQ(again, matrix);
    const auto data = static_cast<std::size_t>(matrix.size()) * sizeof(double);
    EXPECT_EQ((read_bytes(folder / "m.npy").size() - data) % 64, 0U) << "the data must start on a multiple of 64";
  }
}

TEST(Npy, KeepsEveryDoubleEvenThoseThatAreNotFinite) {
  const TemporaryDirectory folder;
  Eigen::MatrixXd matrix(1, 4);
  matrix << -0.0, std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::infinity(), std::nan("");
  write_npy(folder / "m.npy", matrix);
  const Eigen::MatrixXd again = read_npy(folder / "m.npy");
  EXPECT_EQ(std::memcmp(again.data(), matrix.data(), 4 * sizeof(double)), 0);
}

TEST(Npy, WritesBlocksOfLargerMatrices) {
  const TemporaryDirectory folder;
  const Eigen::MatrixXd matrix = Eigen::MatrixXd::Random(20, 20);
  write_npy(folder / "m.npy", matrix.topLeftCorner(7, 5));
  EXPECT_EQ(read_npy(folder / "m.npy"), Eigen::MatrixXd(matrix.topLeftCorner(7, 5)));
}

/// A file with this dictionary, padded as NumPy pads it, and this many doubles 0, 1, 2, ...
std::string file_with(std::string dictionary, int count) {
  dictionary.resize(117, ' ');
  std::string text("\x93NUMPY\x01\x00\x76\x00", 10);
  text += dictionary + "\n";
  for (int i = 0; i < count; ++i) {
    const double value = i;
    text.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  return text;
}

TEST(Npy, ReadsFortranOrderAndOneDimension) {
  const TemporaryDirectory folder;
  write_bytes(folder / "f.npy", file_with("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2), }", 4));
  Eigen::MatrixXd expected(2, 2);
  expected << 0, 2,  //
      1, 3;
  EXPECT_EQ(read_npy(folder / "f.npy"), expected);
  write_bytes(folder / "v.npy", file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", 3));
  EXPECT_EQ(read_npy(folder / "v.npy"), Eigen::MatrixXd(Eigen::Vector3d(0, 1, 2)));
}

TEST(Npy, RefusesWhatItCannotRead) {
  const TemporaryDirectory folder;
  const std::string good = file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", 4);
  const auto refused = [&](const std::string& bytes) {
    write_bytes(folder / "bad.npy", bytes);
    EXPECT_THROW((void)read_npy(folder / "bad.npy"), InputError);
  };
  write_bytes(folder / "good.npy", good);
  EXPECT_NO_THROW((void)read_npy(folder / "good.npy"));
  EXPECT_THROW((void)read_npy(folder / "missing.npy"), InputError);
  EXPECT_THROW((void)read_npy(folder.path()), InputError);
  refused("");
  refused("PK\x03\x04 and so on");
  refused(good.substr(0, 60));
  refused(good.substr(0, good.size() - 1));
  refused(good + "x");
  refused(file_with("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", 4));
  refused(file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", 1));
  refused(file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2, 2), }", 4));
  refused(file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (4000000000, 4000000000), }", 4));
  refused(file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, 1), }", 4));
  refused(file_with("{'descr': '<f8', 'fortran_order': False}", 4));
}

TEST(Npy, RefusesALocationItCannotWrite) {
  const TemporaryDirectory folder;
  EXPECT_THROW(write_npy(folder / "no-such-folder/m.npy", Eigen::MatrixXd::Zero(1, 1)), InputError);
}

}  // namespace
}  // namespace sgdyn
