package timerchurn_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/timerchurn"
)

func Test(t *testing.T) { ruletest.Run(t, timerchurn.Rule) }
