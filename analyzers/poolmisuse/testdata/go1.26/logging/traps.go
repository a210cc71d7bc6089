package logging

import "example.org/logger"

// A library pools its entries, and who uses it need not know.
func trapLibrary(debug, changed bool) {
	e := logger.Check(debug, "rewritten")
	if e == nil {
		return
	}
	if changed {
		e.Write()
	}
}
