// Package output says where the reports of a command go: one to standard output or a
// file, and more beside it, as FORMAT=FILE. Each file is written as a whole.
package output
