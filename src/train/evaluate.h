// Measures a classifier on labelled items, and writes the report that people read.
#pragma once

#include <string>
#include <vector>

#include "core/progress.h"
#include "domain/item.h"
#include "domain/measures.h"
#include "domain/registry_types.h"
#include "domain/task.h"
#include "model/classifier.h"

namespace aisle {

// Reads `items` to the end. A label that the model does not know counts as wrong. Zero items: measures undefined.
Evaluation evaluate(const Classifier& classifier, ItemSource& items, std::size_t threads, Progress& progress,
                    const CancelToken& cancel);

struct ReportHeading {
  std::string title;                   // "apps, version 3 (linear)"
  std::string snapshot;                // what it was measured on, in words
  std::string created;                 // UTC
  std::vector<LabelInfo> labels = {};  // whose names are shown beside them
};

// A self-contained HTML page: measures, confusion matrix, reliability diagram, per-class table, worst mistakes,
// and robustness where it was measured.
// Every text from outside is escaped.
std::string html_report(const ReportHeading& heading, const Evaluation& evaluation);

}  // namespace aisle
