#include "sgdyn/validation/compare.hpp"
