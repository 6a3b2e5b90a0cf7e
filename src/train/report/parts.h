// The parts of the evaluation's page, each a piece of HTML that escapes what comes from outside.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "domain/measures.h"
#include "domain/task.h"

namespace aisle::report {

// With "label (dot) name" for every label that has a name of its own.
Evaluation with_names(Evaluation evaluation, std::span<const LabelInfo> labels);

std::string_view style_sheet();
std::string_view sort_script();  // lets people sort the table of classes; the page is whole without it

std::string measures_table(const Evaluation& evaluation);
std::string class_table(const Evaluation& evaluation);
std::string confused_pairs_table(const Evaluation& evaluation);
std::string mistakes_table(const Evaluation& evaluation);
std::string robustness_table(const Evaluation& evaluation);

std::string reliability_diagram(const Evaluation& evaluation);  // SVG, with its figures in a table
std::string confusion_matrix(const Evaluation& evaluation);     // SVG

// Whether these are measures of a category task (else of tags).
bool is_category(const Evaluation& evaluation);

}  // namespace aisle::report
