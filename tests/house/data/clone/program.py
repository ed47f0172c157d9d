"""Says how it was called."""

import os
import sys


def main():
    print(sys.argv[1:], os.getcwd())
