package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strconv"
)

// fingerprintVersion is the prefix of fingerprints. Whatever changes what a
// fingerprint is made of changes it, so that a baseline says "made by another
// version" rather than "everything is new".
const fingerprintVersion = "v1:"

// fingerprintBytes is how much of the hash is kept. 64 bits make a collision
// among 100,000 findings as likely as one in three billion.
const fingerprintBytes = 8

// key is what makes two findings equal but for their place.
type key struct{ rule, fn, cause, primitive string }

// Identify sets the fingerprint of each finding: a hash of its rule, the function
// with the fault, cause and primitive, and of its ordinal by position among the findings of fs
// that are equal in those. No file name and no line goes into it, so that a
// finding keeps its fingerprint when lines are inserted, the file is renamed, or
// the function moves within its package.
//
// fs must hold every finding of the packages in it, shown or not: a finding that
// is left out shifts the ordinals of its equals.
func Identify(fs []Finding) {
	equals := make(map[key][]int)
	for i, f := range fs {
		k := key{f.Rule, cmp.Or(f.Fault, f.Func), f.Cause, f.Primitive}
		equals[k] = append(equals[k], i)
	}
	for k, is := range equals {
		slices.SortStableFunc(is, func(a, b int) int { return Compare(fs[a].Start, fs[b].Start) })
		for ordinal, i := range is {
			fs[i].Fingerprint = k.fingerprint(ordinal)
		}
	}
}

func (k key) fingerprint(ordinal int) string {
	h := sha256.New()
	for _, part := range []string{k.rule, k.fn, k.cause, k.primitive, strconv.Itoa(ordinal)} {
		io.WriteString(h, part)
		h.Write([]byte{0}) // so that ("ab", "c") and ("a", "bc") differ
	}
	return fingerprintVersion + hex.EncodeToString(h.Sum(nil)[:fingerprintBytes])
}
