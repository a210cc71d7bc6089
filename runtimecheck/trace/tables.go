package trace

import (
	"encoding/binary"
	"slices"
)

type (
	name  int32 // of a string; 0 is ""
	stack int32 // of a list of frames; 0 is none
)

// maxStacks bounds the stacks of a trace: a program has some thousands. Those beyond
// are unknown, and counted.
const maxStacks = 1 << 18

// tables number strings and stacks, for the whole trace: each number is told once
// what it means.
type tables struct {
	names   []string
	byName  map[string]name
	recent  [32]name // that were looked up, by the length of the string
	frames  []frame
	byFrame map[frame]int32
	stacks  [][]int32 // numbers of frames, innermost first
	classes []class   // of stacks
	byStack map[string]stack
	sort    sorter
	lost    int64 // stacks beyond maxStacks
	key     []byte
}

type frame struct {
	function, file name
	line           int32
}

func newTables(functions []string) *tables {
	t := &tables{
		names:   make([]string, 1),
		byName:  make(map[string]name),
		byFrame: make(map[frame]int32),
		byStack: make(map[string]stack),
		stacks:  make([][]int32, 1),
		classes: make([]class, 1),
	}
	t.sort = sorter{tables: t, functions: functions}
	return t
}

// name returns the number of a string.
func (t *tables) name(s string) name {
	if s == "" {
		return 0
	}
	at := &t.recent[len(s)%len(t.recent)]
	if t.names[*at] == s {
		return *at
	}
	n, ok := t.byName[s]
	if !ok {
		n = name(len(t.names))
		t.names = append(t.names, s)
		t.byName[s] = n
	}
	*at = n
	return n
}

func (t *tables) frame(f Frame) int32 {
	is := frame{t.name(f.Function), t.name(f.File), int32(f.Line)}
	n, ok := t.byFrame[is]
	if !ok {
		n = int32(len(t.frames))
		t.frames = append(t.frames, is)
		t.byFrame[is] = n
	}
	return n
}

// stack returns the number of a stack, given by its frames' numbers, which it does
// not keep.
func (t *tables) stack(frames []int32) stack {
	if len(frames) == 0 {
		return 0
	}
	t.key = t.key[:0]
	for _, f := range frames {
		t.key = binary.AppendUvarint(t.key, uint64(f))
	}
	if n, ok := t.byStack[string(t.key)]; ok {
		return n
	}
	if len(t.stacks) >= maxStacks {
		t.lost++
		return 0
	}
	n := stack(len(t.stacks))
	t.stacks = append(t.stacks, slices.Clone(frames))
	t.classes = append(t.classes, t.sort.class(frames))
	t.byStack[string(t.key)] = n
	return n
}

// class tells what a stack is of. It is valid until the next stack is numbered.
func (t *tables) class(s stack) *class { return &t.classes[s] }

// of returns the frames of a stack, innermost first.
func (t *tables) of(s stack) []Frame {
	if s == 0 {
		return nil
	}
	list := make([]Frame, 0, len(t.stacks[s]))
	for _, n := range t.stacks[s] {
		f := t.frames[n]
		list = append(list, Frame{t.names[f.function], t.names[f.file], int(f.line)})
	}
	return list
}
