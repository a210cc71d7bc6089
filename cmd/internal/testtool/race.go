//go:build race

package testtool

const raceDetector = true
