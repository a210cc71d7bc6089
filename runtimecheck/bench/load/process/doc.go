// Package process tells what a process and its children have used while a load ran: CPU
// time and memory, from /proc, and how many CPUs they may use.
//
// It looks again and again ([Watch]) and tells afterwards ([Usage]). A child that ends
// counts on in its parent once that has waited for it. Except on Linux there is nothing
// to look at: [ErrElsewhere].
package process
