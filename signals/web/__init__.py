"""What people look at in a browser: the fleet and the calendar of a service, as pages that fetch and run nothing."""
