package httppool_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/httppool"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, httppool.Rule) }
