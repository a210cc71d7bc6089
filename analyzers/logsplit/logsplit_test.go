package logsplit_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/logsplit"
)

func Test(t *testing.T) { ruletest.Run(t, logsplit.Rule) }
