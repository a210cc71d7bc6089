package ssavalue

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Leads reports whether there is a way from the end of one block to the beginning of
// another that passes none of those in without.
func Leads(from, to *ssa.BasicBlock, without ...*ssa.BasicBlock) bool {
	seen := make(map[*ssa.BasicBlock]bool)
	for _, b := range without {
		seen[b] = true
	}
	var visit func(b *ssa.BasicBlock) bool
	visit = func(b *ssa.BasicBlock) bool {
		for _, s := range b.Succs {
			if s == to {
				return true
			}
			if !seen[s] {
				seen[s] = true
				if visit(s) {
					return true
				}
			}
		}
		return false
	}
	return visit(from)
}

// InLoop reports whether a block can be reached from itself.
func InLoop(b *ssa.BasicBlock) bool { return Leads(b, b) }

// Follows reports whether b comes after a in the same block.
func Follows(a, b ssa.Instruction) bool {
	if a.Block() != b.Block() {
		return false
	}
	instrs := a.Block().Instrs
	return slices.Index(instrs, a) < slices.Index(instrs, b)
}

// Precedes reports whether a runs before b on every way to b.
func Precedes(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() {
		return Follows(a, b)
	}
	return a.Block().Dominates(b.Block())
}
