#include "sgdyn/sim/simulate.hpp"
