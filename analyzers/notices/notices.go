package notices

import "github.com/lagvet/lagvet/analyzers"

// Analyzer reports notices under the name lagvet.
var Analyzer = analyzers.Notices
