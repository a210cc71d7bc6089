package loops

import (
	"net/http"
	"regexp"
	"strings"
)

// Another pattern in each turn.
func each(patterns []string, text string) (n int) {
	for _, p := range patterns {
		if regexp.MustCompile(p).MatchString(text) {
			n++
		}
		q := "^" + p
		if regexp.MustCompile(q).MatchString(text) {
			n++
		}
	}
	longer := ""
	for range patterns {
		longer += "a"
		if regexp.MustCompile(longer).MatchString(text) {
			n++
		}
	}
	for p := "a"; len(p) < 9; p += "a" {
		if regexp.MustCompile(p).MatchString(text) {
			n++
		}
	}
	return n
}

// The list is what the loop is for.
func compileAll(n int) (all []*regexp.Regexp) {
	for range n {
		all = append(all, regexp.MustCompile(`a`))
	}
	return all
}

// Before the loop.
func before(lines []string) (n int) {
	re := regexp.MustCompile(`a`)
	for _, line := range lines {
		if re.MatchString(line) {
			n++
		}
	}
	return n
}

// A worker's loop turns as often as there is work.
func worker(lines <-chan string) {
	for {
		line, ok := <-lines
		if !ok {
			return
		}
		println(regexp.MustCompile(`a`).MatchString(line))
	}
}

// No loop, and no request.
func plain(s string) string {
	return strings.NewReplacer("a", "b").Replace(regexp.MustCompile(`a`).ReplaceAllString(s, "b"))
}

// What ranges is computed once.
func ranged(s string) (n int) {
	for range regexp.MustCompile(`a`).FindAllString(s, -1) {
		n++
	}
	return n
}

// The function has the finding, for a request leads there.
func again(lines []string) (n int) {
	for _, line := range lines {
		if isServed(line) {
			n++
		}
	}
	return n
}

func serve(w http.ResponseWriter, r *http.Request) {
	if isServed(r.URL.Path) {
		w.WriteHeader(http.StatusTeapot)
	}
}

// The turn in which it is built is the last one.
func first(lines []string) bool {
	for _, line := range lines {
		if line != "" {
			return regexp.MustCompile(`a`).MatchString(line)
		}
	}
	for _, line := range lines {
		if line != "" {
			re := regexp.MustCompile(`b`)
			println(re.MatchString(line))
			break
		}
	}
	for _, line := range lines {
		switch line {
		case "c":
			re := regexp.MustCompile(`c`)
			return re.MatchString(line)
		}
	}
	return false
}
