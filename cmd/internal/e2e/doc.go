// Package e2e holds lagvet against the hosts that it runs in: each is built or
// installed, run as users run it over the module testdata/golden, and what it
// says is compared with testdata/golden/findings.txt, finding by finding.
//
// The tests take minutes and fetch what they need, so they have the build tag
// e2e, and "make e2e" runs them. There is one file a host; golden_test.go is what
// they share. "go test -tags e2e -run TestCheck -update" writes findings.txt anew.
// The HTML report is opened in a browser, in html_test.go: its flag -shots takes a
// directory for pictures of it, to look at.
package e2e
