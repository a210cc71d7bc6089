package modules

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A release is a major release of Go.
type release struct {
	minor int // 26 of Go 1.26
	date  time.Time
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// releases are by https://go.dev/doc/devel/release, oldest first.
func releases() []release {
	return []release{
		{13, day(2019, 9, 3)}, {14, day(2020, 2, 25)}, {15, day(2020, 8, 11)}, {16, day(2021, 2, 16)},
		{17, day(2021, 8, 16)}, {18, day(2022, 3, 15)}, {19, day(2022, 8, 2)}, {20, day(2023, 2, 1)},
		{21, day(2023, 8, 8)}, {22, day(2024, 2, 6)}, {23, day(2024, 8, 13)}, {24, day(2025, 2, 11)},
		{25, day(2025, 8, 12)}, {26, day(2026, 2, 10)}, {27, day(2026, 8, 19)},
	}
}

// next is when a release may be out that the table does not have: they come each
// February and August.
func next() time.Time { return day(2027, 2, 1) }

// halfYear is the least time between two releases.
const halfYear = 180 * 24 * time.Hour

// A support is whether a release of Go gets fixes. By Go's policy the two newest do.
type support int

const (
	unknown support = iota // the table does not reach there
	supported
	ended
)

// supportAt tells whether Go 1.minor gets fixes at a time, and since when it does not.
func supportAt(minor int, now time.Time) (s support, end time.Time) {
	newest := 0
	for _, r := range releases() {
		if r.date.After(now) {
			break
		}
		newest = r.minor
		if r.minor == minor+2 {
			end = r.date
		}
	}
	if newest == 0 {
		return unknown, time.Time{}
	}
	possible := newest
	if !now.Before(next()) {
		possible += 1 + int(now.Sub(next())/halfYear)
	}
	switch {
	case minor <= newest-2:
		return ended, end
	case minor >= possible-1 && minor <= possible:
		return supported, time.Time{}
	}
	return unknown, time.Time{}
}

// A goVersion is a release of Go as go.mod, an image or CI names it.
type goVersion struct {
	minor int
	patch int  // -1: any
	newer bool // this one or whatever is newer: "^1.25", ">=1.25", "stable"
}

func (v goVersion) exact() bool { return v.patch >= 0 && !v.newer }

func (v goVersion) String() string {
	switch {
	case v.patch < 0:
		return fmt.Sprintf("1.%d", v.minor)
	default:
		return fmt.Sprintf("1.%d.%d", v.minor, v.patch)
	}
}

// agrees reports whether v can be the release that pin names.
func (v goVersion) agrees(pin goVersion) bool {
	return v.newer && v.minor <= pin.minor || v.minor == pin.minor && (v.patch < 0 || pin.patch < 0 || v.patch == pin.patch)
}

// olderThan reports whether v is certainly an older release than pin.
func (v goVersion) olderThan(pin goVersion) bool {
	return !v.newer && (v.minor < pin.minor || v.minor == pin.minor && v.patch >= 0 && v.patch < pin.patch)
}

// parseGo reads a version: "1.26", "1.26.x", "go1.26.3", "1.27rc1", "^1.25", "stable".
func parseGo(s string) (goVersion, bool) {
	s = strings.TrimSpace(s)
	if s == "stable" || s == "oldstable" || s == "latest" {
		return goVersion{patch: -1, newer: true}, true
	}
	bare := strings.TrimLeft(s, "^~>= ")
	newer := bare != s && !strings.HasPrefix(s, "~") && !strings.HasPrefix(s, "=")
	bare = strings.TrimPrefix(strings.TrimPrefix(bare, "go"), "v")
	bare, _, _ = strings.Cut(bare, "-") // a suffix of an image or a toolchain
	parts := strings.Split(bare, ".")
	if len(parts) < 2 || len(parts) > 3 || parts[0] != "1" {
		return goVersion{}, false
	}
	if parts[1] == "x" || parts[1] == "*" {
		return goVersion{patch: -1, newer: true}, true
	}
	v := goVersion{patch: -1, newer: newer}
	minor, _, rc := cutPrerelease(parts[1])
	var err error
	if v.minor, err = strconv.Atoi(minor); err != nil {
		return goVersion{}, false
	}
	switch {
	case rc:
		v.patch = 0
	case len(parts) == 3 && parts[2] != "x" && parts[2] != "*":
		if v.patch, err = strconv.Atoi(parts[2]); err != nil {
			return goVersion{}, false
		}
	}
	if strings.HasPrefix(s, "~") {
		v.patch = -1 // or any later patch
	}
	return v, true
}

// cutPrerelease cuts "27rc1" into "27" and "1".
func cutPrerelease(s string) (before, after string, found bool) {
	if before, after, found = strings.Cut(s, "rc"); found {
		return before, after, true
	}
	return strings.Cut(s, "beta")
}
