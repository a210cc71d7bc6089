// Package timing tells what rules about time ask of a program: whether the
// runtime forgets the timers that nothing refers to, and how long a constant
// duration is.
package timing
