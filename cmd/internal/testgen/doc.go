// Package testgen writes tests that hold the functions under contract to what
// they promise, each with the checks of package runtimecheck.
//
// A generated test calls the function with values that the types allow, which
// are seldom those that matter: whoever asked for the test puts in the real
// ones. So a test that exists is never written again.
package testgen
