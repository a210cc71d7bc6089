//go:build !race

package testtool

const raceDetector = false
