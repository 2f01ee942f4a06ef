complete --keep-order --exclusive --command pocketid --arguments "(POCKETID_COMPLETE=fish pocketid -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
