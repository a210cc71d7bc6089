package declared

import (
	"net/http"
	"testing"
)

func TestHandler(t *testing.T) {
	// What a test serves is no request.
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { neverMentioned() })
}

// Nor does a directive change that: test files are not looked at.
//
//lagvet:root
func rootInTest() {}
