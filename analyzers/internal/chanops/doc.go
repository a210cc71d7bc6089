// Package chanops tells what pieces of code do to the channels they share.
//
// [Index.Collect] gathers the [Ops] of a statement or a body: the channels that
// it sends to and receives from, the function values it calls, the methods it
// calls and on what. Two pieces that run at the same time are compared by their
// Ops: one takes a slot of a semaphore that the other gives back, or one waits
// for the other.
//
// Semaphores are often hidden in a type. [Slots] is the fact of a method that
// works on channels in fields of its receiver, so that [Index.Paired] knows
// Acquire and Release of any package by what they do. A condition variable
// counts as a channel: Wait takes, Signal and Broadcast give back.
//
// A variable or a field stands for its channel, see [dataflow.Key]. A rule
// requires [Analyzer].
package chanops
