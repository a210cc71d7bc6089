package httptimeout_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/httptimeout"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, httptimeout.Rule) }
