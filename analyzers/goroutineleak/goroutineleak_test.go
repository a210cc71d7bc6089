package goroutineleak_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/goroutineleak"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, goroutineleak.Rule) }
