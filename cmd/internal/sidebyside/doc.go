// Sidebyside times lagvet, go vet and staticcheck on one module in one run and
// prints a Markdown table with ratios, for docs/performance.md.
//
// The module is copied, so that nothing of the user's is changed. Each round
// runs every tool, with tests and without: once with the packages compiled but
// nothing analysed (cold), once again (warm), and once after a line was added to
// the largest package (edit). With -empty a further round starts from empty build
// and tool caches. The figures are medians over the rounds.
//
// With -builds it times go build instead, in three ways in turn: as it is, with a shell
// as -toolexec that does nothing but pass on, and with lagvet enforce; after an edit of
// the largest package, and again.
//
// Memory is the largest single process and, on Linux, the largest sum over all
// processes of the run, sampled every 20 ms: the go command runs one vet tool per
// package, two at a time on two processors.
package main
