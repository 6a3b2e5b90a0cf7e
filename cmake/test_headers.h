// What nearly every test includes, parsed once a build.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "headers.h"
