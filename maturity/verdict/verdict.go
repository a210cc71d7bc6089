// Package verdict holds what a check of a repository says: one of four words, the
// reason, and the lines or runs that prove it.
package verdict

import "fmt"

// A Status is what a check comes to.
type Status string

// What could not be looked at is neither passed nor failed.
const (
	Pass          Status = "PASS"
	Fail          Status = "FAIL"
	Unknown       Status = "UNKNOWN"
	NotApplicable Status = "NOT_APPLICABLE"
)

// A Grade is how sure a pass is.
type Grade string

const (
	Configured Grade = "configured" // it is declared: nobody saw it bite
	Proven     Grade = "proven"     // it was run, and did what it is there for
)

// A Place is where something stands in the repository.
type Place struct {
	File string `json:"file"`           // slash-separated, from the repository's root
	Line int    `json:"line,omitempty"` // from 1; 0 for the file as a whole
	Text string `json:"text,omitempty"` // what stands there, or is to be said of it, in one line
}

func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// A Result is what a check says of a repository.
type Result struct {
	Status Status  `json:"status"`
	Grade  Grade   `json:"grade,omitempty"`  // of a pass
	Reason string  `json:"reason"`           // one sentence, without a full stop
	Proofs []Place `json:"proofs,omitempty"` // what the reason rests on, the best first
	Run    string  `json:"run,omitempty"`    // the command whose outcome it is
}

// Passed is a pass of what is declared at these places.
func Passed(reason string, proofs ...Place) Result {
	return Result{Status: Pass, Grade: Configured, Reason: reason, Proofs: proofs}
}

// Failed is a failure that these places show; there may be none for what is missing.
func Failed(reason string, proofs ...Place) Result {
	return Result{Status: Fail, Reason: reason, Proofs: proofs}
}

// Unseen is the result of a check that could not look.
func Unseen(reason string, proofs ...Place) Result {
	return Result{Status: Unknown, Reason: reason, Proofs: proofs}
}

// Needless is the result of a check of what the repository does not have.
func Needless(reason string, proofs ...Place) Result {
	return Result{Status: NotApplicable, Reason: reason, Proofs: proofs}
}

// Count writes how many there are of something: "1 file", "2 files".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
