// Package manage is the baseline command: it writes down what is found in a
// module, drops from what was written what is no longer found, and shows it.
//
// A baseline is of a whole module, or workspace, and of a run in which everything
// could be checked: what is missing in it would be new forever, and what it holds
// without having been seen would never be.
package manage
