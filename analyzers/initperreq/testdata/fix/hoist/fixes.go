// Package hoist has patterns that can be hoisted, and some that cannot.
package hoist

import (
	"net/http"
	"regexp"
)

const digits = `\d+`

var clashRE = 1

// Order is documented.
func Order(w http.ResponseWriter, r *http.Request) {
	if regexp.MustCompile(`^[a-z]+$`).MatchString(r.URL.Path) { // want `^likely: regexp.MustCompile`
		w.WriteHeader(http.StatusTeapot)
	}
	// One fix for each function.
	if regexp.MustCompile(`^[0-9]+$`).MatchString(r.URL.Path) { // want `^likely: regexp.MustCompile`
		w.WriteHeader(http.StatusTeapot)
	}
}

func clash(w http.ResponseWriter, r *http.Request) {
	re := regexp.MustCompile("^" + digits + "$") // want `^likely: regexp.MustCompile`
	if re.MatchString(r.URL.Path) {
		w.WriteHeader(clashRE)
	}
}

func shadowed(w http.ResponseWriter, r *http.Request) {
	shadowedRE := r.URL.Path
	if regexp.MustCompile(digits).MatchString(shadowedRE) { // want `^likely: regexp.MustCompile`
		w.WriteHeader(http.StatusTeapot)
	}
}

// What is local cannot be named at package level.
func local(w http.ResponseWriter, r *http.Request) {
	const hex = `[0-9a-f]+`
	if regexp.MustCompile(hex).MatchString(r.URL.Path) { // want `^likely: regexp.MustCompile`
		w.WriteHeader(http.StatusTeapot)
	}
}

// A pattern that panics would do so at start-up.
func invalid(w http.ResponseWriter, r *http.Request) {
	if regexp.MustCompile(`(`).MatchString(r.URL.Path) { // want `^likely: regexp.MustCompile`
		w.WriteHeader(http.StatusTeapot)
	}
}

// Longest changes it for all who share it.
func longest(w http.ResponseWriter, r *http.Request) {
	re := regexp.MustCompile(`a|ab`) // want `^likely: regexp.MustCompile`
	re.Longest()
	if re.MatchString(r.URL.Path) {
		w.WriteHeader(http.StatusTeapot)
	}
}

// Compile returns an error, for which there is no place at package level.
func compiled(w http.ResponseWriter, r *http.Request) {
	re, err := regexp.Compile(`a`) // want `^likely: regexp.Compile`
	if err == nil && re.MatchString(r.URL.Path) {
		w.WriteHeader(http.StatusTeapot)
	}
}
