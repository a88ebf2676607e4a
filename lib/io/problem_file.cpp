#include "sgdyn/io/problem_file.hpp"
