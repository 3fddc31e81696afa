// The scenarios that the client runs. Each opens its own connection. What our objects write to is declared before it, since closing the
// connection releases them.
#pragma once
#include "scenario.h"

// calculator-cases.c++
void calculatorChain(Scenario& scenario);
void calculatorFunctions(Scenario& scenario);
void calculatorCallback(Scenario& scenario);
void calculatorFailures(Scenario& scenario);

// probe-cases.c++
void probeChain(Scenario& scenario);
void probeOrder(Scenario& scenario);
void probeCallback(Scenario& scenario);
void probeCancel(Scenario& scenario);
void probeFailures(Scenario& scenario);
void probeEcho(Scenario& scenario);
void probeRelease(Scenario& scenario);
void probeConnectionLost(Scenario& scenario);
void probeDeath(Scenario& scenario);
void probeWaitToBeKilled(Scenario& scenario);
