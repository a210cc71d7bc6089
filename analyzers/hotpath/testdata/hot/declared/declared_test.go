package declared

import (
	"net/http"
	"testing"
)

func TestHandler(t *testing.T) {
	// What a test serves is no request.
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { neverMentioned() })
}

//lagvet:root
func rootInTest() {} // want `root: //lagvet:root at declared_test.go:\d+`
